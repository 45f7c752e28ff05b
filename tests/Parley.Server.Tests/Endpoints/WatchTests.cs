using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Parley.Server.Endpoints;
using Parley.Server.Sessions;
using Parley.Server.Tests.Relay;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Server.Tests.Endpoints;

public sealed class WatchTests
{
    private const string Secret = "the-secret-of-the-operator";

    private readonly EchoModel _model = new() { Receiving = static (session, _) => session.Output.Checkpoint("state") };
    private readonly TestClock _clock = new();

    [Fact]
    public async Task Watching_is_off_by_default()
    {
        await using var host = await StartAsync(allowed: false);
        using var admin = Client(host);
        await using var client = await OpenAsync(host);

        using var response = await admin.GetAsync(await PathAsync());

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains("Live:Admin:AllowWatching", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(host.Logs.Entries, static entry => entry.Message.Contains("watch.opened", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Watcher_sees_both_directions_until_the_session_ends_and_the_audit_log_has_both_ends()
    {
        await using var host = await StartAsync();
        using var admin = Client(host);
        await using var client = await OpenAsync(host);
        using var watch = await WatchAsync(admin, await PathAsync());
        var opened = await watch.NextAsync("watching");
        Assert.Equal("models/gemini-2.5-flash-native-audio-preview-12-2025", opened.GetProperty("session").GetProperty("model").GetString());

        await client.EchoAsync("hello");

        var sent = await watch.NextAsync(static line => line.GetProperty("dir").GetString() == "in");
        Assert.Equal("hello", sent.GetProperty("json").GetProperty("realtimeInput").GetProperty("text").GetString());
        var received = await watch.NextAsync(static line => line.GetProperty("dir").GetString() == "out" && line.GetProperty("json").TryGetProperty("serverContent", out _));
        Assert.Contains("hello", received.GetRawText(), StringComparison.Ordinal);

        await client.Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);

        Assert.Equal(1000, (await watch.NextAsync("closed")).GetProperty("code").GetInt32());
        await watch.NextAsync("ended");
        Assert.Null(await watch.ReadLineAsync());
        await host.Logs.FirstAsync(static entry => entry.Message.StartsWith("Operator: watch.ended", StringComparison.Ordinal), "the end is recorded");
        Assert.Equal(["watch.ended", "watch.opened"], await ActionsAsync(admin));
    }

    [Fact]
    public async Task Handles_are_hidden_and_a_resumed_session_is_followed()
    {
        await using var host = await StartAsync();
        using var admin = Client(host);
        var first = await OpenAsync(host, LiveTestHost.ResumableSetup);
        using var watch = await WatchAsync(admin, await PathAsync());
        await first.SayAsync("hello");
        var handle = (await first.ReceiveUntilAsync(static frame => frame.NewHandle() is { Length: > 0 }, "a handle")).NewHandle()!;
        var update = await watch.NextAsync(static line => line.GetRawText().Contains("newHandle", StringComparison.Ordinal));
        Assert.Equal("(hidden)", update.GetProperty("json").GetProperty("sessionResumptionUpdate").GetProperty("newHandle").GetString());

        await first.DisposeAsync();
        await watch.NextAsync("closed");
        await using var second = await OpenAsync(host, LiveTestHost.ResumableSetup.Replace("{}", $$"""{"handle":"{{handle}}"}""", StringComparison.Ordinal));

        await watch.NextAsync("connected");
        await second.EchoAsync("again");
        await watch.NextAsync(static line => line.GetRawText().Contains("again", StringComparison.Ordinal));
        Assert.DoesNotContain(watch.Lines, line => line.Contains(handle, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Watch_ends_if_the_client_does_not_come_back()
    {
        await using var host = await StartAsync();
        using var admin = Client(host);
        var client = await OpenAsync(host, LiveTestHost.ResumableSetup);
        using var watch = await WatchAsync(admin, await PathAsync());
        await client.DisposeAsync();
        await watch.NextAsync("closed");

        await _clock.AdvanceAsync(SessionWatches.Patience, TestContext.Current.CancellationToken);

        await watch.NextAsync("ended");
    }

    [Fact]
    public async Task Silent_session_gives_signs_of_life()
    {
        await using var host = await StartAsync();
        using var admin = Client(host);
        await using var client = await OpenAsync(host);
        using var watch = await WatchAsync(admin, await PathAsync());
        await watch.NextAsync("watching");

        await _clock.AdvanceAsync(AdminWatchEndpoint.SignOfLife, TestContext.Current.CancellationToken);

        Assert.Equal(0, (await watch.NextAsync("alive")).GetProperty("dropped").GetInt32());
    }

    [Fact]
    public async Task Several_watchers_see_the_same_and_one_too_many_is_refused()
    {
        await using var host = await StartAsync();
        using var admin = Client(host);
        await using var client = await OpenAsync(host);
        var watches = new List<Watch>();
        for (var i = 0; i < SessionWatches.MaxWatchers; i++)
            watches.Add(await WatchAsync(admin, await PathAsync()));

        using var refused = await admin.GetAsync(await PathAsync());
        await client.EchoAsync("hello");

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        foreach (var watch in watches)
        {
            await watch.NextAsync(static line => line.GetRawText().Contains("hello", StringComparison.Ordinal));
            watch.Dispose();
        }
    }

    [Fact]
    public async Task Relayed_session_is_watched_without_the_key_of_the_operator()
    {
        var model = new EchoModel();
        await using var upstream = await Gateway.StartUpstreamAsync(model);
        await using var gateway = await Gateway.StartAsync(upstream, live: Configure, app: static app => app.MapLiveAdmin());
        using var admin = Client(gateway);
        await using var client = await OpenAsync(gateway);
        var sessions = JsonElement.Parse(await admin.GetStringAsync(new Uri("/admin/sessions", UriKind.Relative)));
        using var watch = await WatchAsync(admin, $"/admin/sessions/{sessions.GetProperty("sessions")[0].GetProperty("id").GetString()}/watch");

        await client.EchoAsync("hello");

        // The upstream sends its JSON in several lines; here it is one.
        await watch.NextAsync(static line => line.GetProperty("dir").GetString() == "out" && line.GetRawText().Contains("hello", StringComparison.Ordinal));
        Assert.DoesNotContain(watch.Lines, static line => line.Contains(Gateway.UpstreamKey, StringComparison.Ordinal) || line.Contains(LiveTestHost.Key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Node_without_the_session_names_the_node_that_has_it()
    {
        await using var cluster = await AdminCluster.StartAsync(Configure, "one", "two");
        await using var client = await OpenAsync(cluster.Host("two"));
        var id = (await cluster.Model("two").FirstSessionAsync()).Start.SessionId;

        var error = await cluster.SendAsync("one", HttpMethod.Get, $"sessions/{id}/watch", HttpStatusCode.Conflict);

        Assert.Contains("on node 'two'", error.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        await cluster.SendAsync("one", HttpMethod.Get, "sessions/unknown/watch", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Watch_that_cannot_be_recorded_is_refused()
    {
        await using var host = await StartAsync(services: static services => services.AddSingleton<IAuditStore, FailingAuditStore>());
        using var admin = Client(host);
        await using var client = await OpenAsync(host);

        using var response = await admin.GetAsync(await PathAsync());

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        // Other actions do not need the store of the audit log.
        using var ended = await admin.DeleteAsync(new Uri("/admin/sessions/" + (await _model.FirstSessionAsync()).Start.SessionId, UriKind.Relative));
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
    }

    private static void Configure(LiveApiOptions options)
    {
        options.Admin.Secret = Secret;
        options.Admin.AllowWatching = true;
    }

    private Task<InMemoryHost> StartAsync(bool allowed = true, Action<IServiceCollection>? services = null) => LiveTestHost.StartAsync(
        _model,
        options =>
        {
            Configure(options);
            options.Admin.AllowWatching = allowed;
        },
        _clock, services, app: static app => app.MapLiveAdmin());

    // A session can be watched when its model has started, slightly later than the client gets setupComplete.
    private static async Task<LiveSocket> OpenAsync(InMemoryHost host, string setup = LiveTestHost.Setup)
    {
        var client = await host.OpenAsync(setup);
        await client.EchoAsync("ready");
        return client;
    }

    private async Task<string> PathAsync() => $"/admin/sessions/{(await _model.FirstSessionAsync()).Start.SessionId}/watch";

    private static HttpClient Client(InMemoryHost host)
    {
        var http = host.CreateClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Secret);
        return http;
    }

    private static async Task<IEnumerable<string?>> ActionsAsync(HttpClient admin) =>
        JsonElement.Parse(await admin.GetStringAsync(new Uri("/admin/audit", UriKind.Relative))).GetProperty("entries").EnumerateArray().Select(static entry => entry.GetProperty("action").GetString());

    private static async Task<Watch> WatchAsync(HttpClient admin, string path)
    {
        var response = await admin.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return new Watch(response, new StreamReader(await response.Content.ReadAsStreamAsync()));
    }

    private sealed class Watch(HttpResponseMessage response, StreamReader reader) : IDisposable
    {
        public List<string> Lines { get; } = [];

        public async Task<string?> ReadLineAsync()
        {
            var line = await Expect.WithinAsync(reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask(), "a line of the watch");
            if (line is not null)
                Lines.Add(line);
            return line;
        }

        public Task<JsonElement> NextAsync(string mark) => NextAsync(line => line.TryGetProperty("mark", out var found) && found.GetString() == mark);

        public async Task<JsonElement> NextAsync(Func<JsonElement, bool> matches)
        {
            while (await ReadLineAsync() is { } line)
            {
                if (JsonElement.Parse(line) is var element && matches(element))
                    return element;
            }
            throw new InvalidOperationException("The watch ended without the line. It had:\n" + string.Join('\n', Lines));
        }

        public void Dispose()
        {
            reader.Dispose();
            response.Dispose();
        }
    }

    private sealed class FailingAuditStore : IAuditStore
    {
        public ValueTask AddAsync(AuditEntry entry, CancellationToken cancellationToken) => throw new StorageException("The database is away.");

        public ValueTask<IReadOnlyList<AuditEntry>> ListAsync(int count, CancellationToken cancellationToken) => throw new StorageException("The database is away.");

        public ValueTask DeleteBeforeAsync(DateTimeOffset time, CancellationToken cancellationToken) => throw new StorageException("The database is away.");
    }
}
