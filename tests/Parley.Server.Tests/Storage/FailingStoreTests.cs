using System.Reflection;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Parley.Server.Access;
using Parley.Server.Nodes;
using Parley.Server.Sessions;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Server.Tests.Storage;

/// <summary>Whatever method of a store fails under running sessions, and however: the server lives, and sessions that do not need it go on.</summary>
public sealed class FailingStoreTests
{
    private static readonly Type[] Stores = [typeof(IKeyStore), typeof(ITokenStore), typeof(ISessionStore), typeof(IUsageStore), typeof(INodeStore)];

    private readonly TestClock _time = new();

    public static TheoryData<string, string, bool> Failures => new(
        from store in Stores
        from method in store.GetMethods().Where(static method => !method.IsStatic).DistinctBy(static method => method.Name)
        from failure in (string[])["sqlite", "io", "access", "timeout", "storage", "fault"]
        from late in (bool[])[false, true]
        select ($"{store.Name}.{method.Name}", failure, late));

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Failing_store_ends_at_most_what_depends_on_it(string method, string failure, bool late)
    {
        var faults = new Faults(method, failure, late);
        var model = new EchoModel();
        await using var host = await LiveTestHost.StartAsync(model, time: _time, services: services =>
        {
            Replace<IKeyStore, InMemoryKeyStore>(services, faults);
            Replace<ITokenStore, InMemoryTokenStore>(services, faults);
            Replace<ISessionStore, InMemorySessionStore>(services, faults);
            Replace<IUsageStore, InMemoryUsageStore>(services, faults);
            Replace<INodeStore, InMemoryNodeStore>(services, faults);
        });
        host.AllowErrors(static _ => true);
        var keys = host.Services.GetRequiredService<LiveKeys>();
        var created = await keys.CreateAsync("site", new KeyLimits { MaxSessions = 10, OpensPerMinute = 100, TokensPerDay = 1_000_000 });
        var token = await MintAsync(host, created.Secret);
        await using var unrelated = await host.OpenAsync();
        await using var onKey = await host.OpenAsync(LiveTestHost.ResumableSetup, key: created.Secret);
        var session = model.Sessions.Snapshot[^1];
        session.Output.Checkpoint("before");
        var handle = (await onKey.ReceiveAsync()).NewHandle()!;

        faults.Active = true;
        await _time.AdvanceAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        session.Output.Checkpoint("after");
        await onKey.EchoAsync("still here");
        foreach (var setup in (string[])[LiveTestHost.Setup, LiveTestHost.ResumableSetup.Replace("{}", $$"""{"handle":"{{handle}}"}""", StringComparison.Ordinal)])
            await TryAsync(host, $"{LiveTestHost.Path}?key={created.Secret}", setup);
        await TryAsync(host, $"{LiveTestHost.Constrained}?access_token={token}", LiveTestHost.Setup);
        await AskAsync(host, created);
        await session.Output.WaitForRoomAsync(TestContext.Current.CancellationToken);
        await onKey.DisposeAsync();
        await session.Disposed.FirstAsync(static _ => true, "the session ends");
        await unrelated.EchoAsync("unrelated");
        faults.Active = false;
        await using (await host.OpenAsync(key: created.Secret))
        {
        }

        Assert.Equal(HttpStatusCodeOk, await AskAsync(host, created));
        await unrelated.EchoAsync("still unrelated");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4_096)]
    public async Task Damaged_database_does_not_end_the_server(int keep)
    {
        using var folder = new TempFolder();
        var model = new EchoModel();
        await using var host = await LiveTestHost.StartAsync(model, time: _time, dataFolder: folder.Path);
        host.AllowErrors(static _ => true);
        var created = await host.Services.GetRequiredService<LiveKeys>().CreateAsync("site");
        await using var unrelated = await host.OpenAsync();
        await using var onKey = await host.OpenAsync(LiveTestHost.ResumableSetup, key: created.Secret);

        foreach (var file in Directory.EnumerateFiles(folder.Path, "parley.db*").Where(static file => !file.EndsWith("-shm", StringComparison.Ordinal)))
        {
            await using var damaged = new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            damaged.Position = Math.Min(keep, damaged.Length);
            var noise = new byte[Math.Max(0, damaged.Length - damaged.Position)];
            new Random(7).NextBytes(noise);
            await damaged.WriteAsync(noise, TestContext.Current.CancellationToken);
        }
        SqliteConnection.ClearAllPools();
        for (var i = 0; i < 4; i++)
        {
            await _time.AdvanceAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            await unrelated.EchoAsync("unrelated");
            await onKey.EchoAsync("its key was valid when it was last read");
        }

        await TryAsync(host, $"{LiveTestHost.Path}?key={created.Secret}", LiveTestHost.Setup);
        await using (await host.OpenAsync())
        {
        }
        Assert.Contains(host.Logs.Entries, static entry => entry.Level == Microsoft.Extensions.Logging.LogLevel.Warning && entry.Message.Contains("could not be checked", StringComparison.Ordinal));
    }

    private const int HttpStatusCodeOk = 200;

    private static void Replace<TStore, TInner>(IServiceCollection services, Faults faults)
        where TStore : class
        where TInner : class, TStore
    {
        services.TryAddSingleton<TInner>();
        services.Replace(ServiceDescriptor.Singleton(provider =>
        {
            var store = DispatchProxy.Create<TStore, FailingStore>();
            ((FailingStore)(object)store).Use(provider.GetRequiredService<TInner>(), typeof(TStore).Name, faults);
            return store;
        }));
    }

    private static async Task<string> MintAsync(InMemoryHost host, string key)
    {
        using var http = host.CreateClient();
        using var response = await http.PostAsync(
            new Uri($"/v1/auth_tokens?key={key}", UriKind.Relative),
            new StringContent("""{"uses":1}""", Encoding.UTF8, "application/json"));
        return JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("name").GetString()!;
    }

    /// <summary>Opens a session, which may be refused, but not hang.</summary>
    private static async Task TryAsync(InMemoryHost host, string path, string setup)
    {
        try
        {
            await using var client = await LiveSocket.ConnectAsync(host, path);
            await client.SendJsonAsync(setup);
            await client.ReceiveAsync();
        }
        catch (Exception e) when (e is ExpectationException or System.Net.WebSockets.WebSocketException)
        {
            Assert.DoesNotContain("timed out", e.Message, StringComparison.OrdinalIgnoreCase);
        }
    }

    private static async Task<int> AskAsync(InMemoryHost host, CreatedKey created)
    {
        using var http = host.CreateClient();
        using var models = await http.GetAsync(new Uri($"/v1beta/models?key={created.Secret}", UriKind.Relative), TestContext.Current.CancellationToken);
        using var tokens = await http.PostAsync(new Uri($"/v1beta/auth_tokens?key={created.Secret}", UriKind.Relative), null, TestContext.Current.CancellationToken);
        using var health = await http.GetAsync(new Uri("/healthz", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCodeOk, (int)health.StatusCode);
        return Math.Max((int)models.StatusCode, (int)tokens.StatusCode);
    }

    /// <summary>Which method fails, and how.</summary>
    private sealed class Faults(string method, string failure, bool late)
    {
        public volatile bool Active;

        public Exception? For(string store, MethodInfo called) => !Active || method != $"{store}.{called.Name}" ? null : failure switch
        {
            "sqlite" => new SqliteException("file is not a database", 26),
            "io" => new IOException("Input/output error"),
            "access" => new UnauthorizedAccessException("Access denied"),
            "timeout" => new TimeoutException("database is locked"),
            "storage" => new StorageException("The database write failed."),
            _ => new InvalidOperationException("A fault"),
        };

        public bool Late => late;
    }

#pragma warning disable CA1852 // The proxy derives from it.
    private class FailingStore : DispatchProxy
#pragma warning restore CA1852
    {
        private object _inner = null!;
        private string _name = "";
        private Faults _faults = null!;

        public void Use(object inner, string name, Faults faults) => (_inner, _name, _faults) = (inner, name, faults);

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            if (_faults.For(_name, targetMethod!) is not { } failure)
                return targetMethod!.Invoke(_inner, args);
            var type = targetMethod!.ReturnType;
            if (!_faults.Late)
                throw failure;
            if (targetMethod.Name == nameof(INodeStore.ListenAsync))
                return FailLaterAsync(failure);
            if (!type.IsGenericType)
                return new ValueTask(FailAsync<bool>(failure));
            var result = type.GetGenericArguments()[0];
            var task = typeof(FailingStore).GetMethod(nameof(FailAsync), BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(result).Invoke(null, [failure]);
            return Activator.CreateInstance(type, task);
        }

        private static async IAsyncEnumerable<NodeSignal> FailLaterAsync(Exception failure)
        {
            yield return await FailAsync<NodeSignal>(failure);
        }

        private static async Task<T> FailAsync<T>(Exception failure)
        {
            await Task.Yield();
            throw failure;
        }
    }
}
