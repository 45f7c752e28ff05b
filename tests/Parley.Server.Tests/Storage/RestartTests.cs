using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Parley.Server.Access;
using Parley.Server.Storage;
using Parley.Server.Tests.Relay;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Server.Tests.Storage;

/// <summary>What a data folder persists from one server to the next, and what it must not contain.</summary>
public sealed class RestartTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TestClock _time = new(new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Session_resumes_with_its_media_after_a_restart()
    {
        string handle;
        await using (var host = await StartAsync(new EchoModel()))
            handle = await LeaveAsync(host, "said|picture|sound");
        var model = new EchoModel();
        await using var again = await StartAsync(model);

        var next = model.NextSessionAsync();
        await using var client = await again.OpenAsync(Resume(handle));

        Assert.Equal("said|picture|sound", (await next).Start.ResumeFrom);
        await client.EchoAsync("going on");
    }

    [Fact]
    public async Task Token_uses_survive_a_restart()
    {
        string token;
        await using (var first = await StartAsync(new EchoModel()))
        {
            token = await MintAsync(first, """{"uses":2,"expireTime":"2026-11-22T12:00:00Z","newSessionExpireTime":"2026-11-22T12:00:00Z"}""");
            await using (await OpenOnTokenAsync(first, token))
            {
            }
        }
        await using var second = await StartAsync(new EchoModel());
        await using (await OpenOnTokenAsync(second, token))
        {
        }

        await using var refused = await LiveSocket.ConnectAsync(second, $"{LiveTestHost.Constrained}?access_token={token}");
        await refused.SendJsonAsync(LiveTestHost.Setup);
        Assert.Equal(LiveClose.TokenUsedUp.Reason, (await refused.ExpectCloseAsync()).Reason);
    }

    [Fact]
    public async Task Second_server_on_a_folder_is_refused_until_the_first_has_ended()
    {
        await using (await StartAsync(new EchoModel()))
        {
            for (var i = 0; i < 3; i++)
            {
                var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(new EchoModel()));
                Assert.Equal($"Another server uses the data folder {_folder.Path}. Stop it, or give this server a folder of its own.", refused.Message);
            }
            await using var keys = LiveKeys.Open(_folder.Path);
            await keys.CreateAsync("beside a running server");
        }

        await using var host = await StartAsync(new EchoModel());
        Assert.Single(await host.Services.GetRequiredService<LiveKeys>().ListAsync());
    }

    [Fact]
    public async Task Daily_usage_survives_a_restart()
    {
        await using (var host = await StartAsync(new EchoModel()))
            await LeaveAsync(host, "state");
        await using var again = await StartAsync(new EchoModel());
        await LeaveAsync(again, "state");

        var today = Assert.Single(again.Services.GetRequiredService<UsageTracker>().Sums().Usage);
        Assert.Equal((new DateOnly(2026, 11, 22), 2), (today.Day, today.Sessions));
    }

    [Fact]
    public async Task Handle_lifetime_starts_at_a_crash()
    {
        string handle;
        await using (var host = await StartAsync(new EchoModel()))
            handle = await LeaveAsync(host, "state");
        Forget("UPDATE sessions SET ended = NULL");
        _time.Advance(TimeSpan.FromMinutes(5));
        await using (await StartAsync(new EchoModel()))
        {
        }
        _time.Advance(TimeSpan.FromHours(2));
        await using var late = await StartAsync(new EchoModel());

        await using var client = await late.ConnectAsync();
        await client.SendJsonAsync(Resume(handle));

        Assert.Equal(LiveClose.SessionNotFound.Reason, (await client.ExpectCloseAsync()).Reason);
    }

    [Fact]
    public async Task Media_beyond_the_limit_are_omitted_and_equal_media_stored_once()
    {
        var model = new EchoModel();
        await using var host = await StartAsync(model, static options => options.Sessions.MaxStoredMediaBytes = 10);
        await using var client = await host.OpenAsync(LiveTestHost.ResumableSetup);
        var output = (await model.FirstSessionAsync()).Output;
        foreach (var state in (string[])["a|12345678", "b|12345678|12345678", "c|12345678|toolong"])
        {
            output.Checkpoint(state);
            await client.ReceiveAsync();
        }
        var next = model.NextSessionAsync();

        await using var resumed = await host.OpenAsync(Resume(client.Received[^1].NewHandle()!));

        Assert.Equal("c|12345678|lost", (await next).Start.ResumeFrom);
    }

    [Fact]
    public async Task State_without_codec_is_resumed_in_the_same_process()
    {
        var model = new EchoModel();
        await using var host = await StartAsync(model);
        var handle = await LeaveAsync(host, 4711, model);
        var next = model.NextSessionAsync();

        await using var client = await host.OpenAsync(Resume(handle));

        Assert.Equal(4711, (await next).Start.ResumeFrom);
    }

    [Fact]
    public async Task Files_contain_no_key_token_or_handle()
    {
        string handle, token, key;
        await using (var host = await StartAsync(new EchoModel(), static options => options.Admin.Secret = "the-secret-of-the-operator"))
        {
            key = (await host.Services.GetRequiredService<LiveKeys>().CreateAsync("site")).Secret;
            token = await MintAsync(host, "{}", key);
            handle = await LeaveAsync(host, "state");
        }

        foreach (var file in Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories))
        {
            var text = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file));
            Assert.All((string[])[LiveTestHost.Key, key, token, token["auth_tokens/".Length..], handle, "the-secret-of-the-operator"], secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
        }
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder.Path) & (UnixFileMode)511);
    }

    [Fact]
    public async Task Data_folder_of_a_newer_version_is_refused()
    {
        await using (await StartAsync(new EchoModel()))
        {
        }
        Forget("UPDATE schema_version SET version = 99");

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(new EchoModel()));

        Assert.Contains("newer version", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failed_write_does_not_affect_other_writes()
    {
        var database = new LiveDatabase(_folder.Path);
        await using var writer = new LiveDatabaseWriter(database, Microsoft.Extensions.Logging.Abstractions.NullLogger<LiveDatabaseWriter>.Instance);
        var gate = new TaskCompletionSource();
        // Blocks the writer, so that everything below is in one batch.
        var blocker = writer.RunAsync(_ =>
        {
            gate.Task.GetAwaiter().GetResult();
            return true;
        });
        var before = writer.RunAsync(static c => c.Execute("INSERT INTO secrets(name, value) VALUES ('before', x'00')"));
        var broken = writer.RunAsync(static c =>
        {
            c.Execute("INSERT INTO secrets(name, value) VALUES ('broken', x'00')");
            return c.Execute("INSERT INTO nowhere VALUES (1)");
        });
        var after = writer.RunAsync(static c => c.Execute("INSERT INTO secrets(name, value) VALUES ('after', x'00')"));

        gate.SetResult();

        await Expect.WithinAsync(Task.WhenAll(blocker, before, after), "the writes are committed");
        Assert.IsType<SqliteException>((await Assert.ThrowsAsync<StorageException>(() => broken)).InnerException);
        using var connection = database.Open();
        Assert.Equal(2, connection.Number("SELECT COUNT(*) FROM secrets"));
    }

    [Fact]
    public async Task Stalled_disk_refuses_handles_and_new_sessions_but_keeps_running_sessions()
    {
        var model = new EchoModel();
        await using var host = await StartAsync(model);
        await using var client = await host.OpenAsync(LiveTestHost.ResumableSetup);
        var output = (await model.FirstSessionAsync()).Output;
        output.Checkpoint("kept");
        var handle = (await client.ReceiveAsync()).NewHandle()!;
        var token = await MintAsync(host, "{}");
        var writer = host.Services.GetRequiredService<LiveDatabaseWriter>();
        using var still = new ManualResetEventSlim();
        using var begun = new ManualResetEventSlim();
        writer.Post(_ =>
        {
            begun.Set();
            still.Wait();
        });
        begun.Wait(TestContext.Current.CancellationToken);
        for (var i = 1; i < LiveDatabaseWriter.MaxQueued; i++)
            writer.Post(static _ => { });
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        writer.Post(_ => written.SetResult());

        output.Checkpoint("lost");
        await client.EchoAsync("not held up");
        await using var resuming = await host.ConnectAsync();
        await resuming.SendJsonAsync(Resume(handle));
        await using var opening = await LiveSocket.ConnectAsync(host, $"{LiveTestHost.Constrained}?access_token={token}");
        await opening.SendJsonAsync(LiveTestHost.Setup);

        Assert.Equal(LiveClose.Unavailable.Reason, (await resuming.ExpectCloseAsync()).Reason);
        Assert.Equal(LiveClose.Unavailable.Reason, (await opening.ExpectCloseAsync()).Reason);
        Assert.Equal(handle, client.Received.Last(static frame => frame.NewHandle() is not null).NewHandle());
        Assert.True(writer.Refused >= 3);
        still.Set();
        await Expect.WithinAsync(written.Task, "what waited is written");
        await using (await OpenOnTokenAsync(host, token))
        {
        }
    }

    private Task<InMemoryHost> StartAsync(EchoModel model, Action<LiveApiOptions>? configure = null) => LiveTestHost.StartAsync(
        model, configure, _time, static services => services.AddSingleton<ILiveCheckpointCodec, TextCodec>(), _folder.Path);

    private static string Resume(string handle) => LiveTestHost.ResumableSetup.Replace("{}", $$"""{"handle":"{{handle}}"}""", StringComparison.Ordinal);

    /// <summary>Opens a session, lets the model save a checkpoint, and leaves with the handle.</summary>
    private static async Task<string> LeaveAsync(InMemoryHost host, object state, EchoModel? model = null)
    {
        model ??= (EchoModel)host.Services.GetRequiredService<ILiveModel>();
        var next = model.NextSessionAsync();
        await using var client = await host.OpenAsync(LiveTestHost.ResumableSetup);
        var session = await next;
        session.Output.Checkpoint(state);
        var handle = (await client.ReceiveAsync()).NewHandle()!;
        await client.Socket.CloseAsync(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
        await session.Disposed.FirstAsync(static _ => true, "the session ends");
        return handle;
    }

    private static async Task<string> MintAsync(InMemoryHost host, string body, string key = LiveTestHost.Key)
    {
        using var http = host.CreateClient();
        using var response = await http.PostAsync(new Uri($"/v1beta/auth_tokens?key={key}", UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"));
        return JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("name").GetString()!;
    }

    private static async Task<LiveSocket> OpenOnTokenAsync(InMemoryHost host, string token)
    {
        var client = await LiveSocket.ConnectAsync(host, $"{LiveTestHost.Constrained}?access_token={token}");
        await client.SendJsonAsync(LiveTestHost.Setup);
        await client.ReceiveUntilAsync(static f => f.Has("setupComplete"), "setupComplete");
        return client;
    }

    private void Forget(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder.Path, "parley.db")};Pooling=False");
        connection.Open();
        connection.Execute(sql);
    }
}
