using System.Net.WebSockets;
using Microsoft.Extensions.Time.Testing;
using Parley.Server.Sessions;
using Parley.Server.Storage;
using Parley.Server.Tests.Relay;
using Parley.Server.Tests.Support;
using Parley.Server.Wire;

namespace Parley.Server.Tests.Sessions;

public sealed class ResumptionTests
{
    private const string Model = "models/gemini-2.5-flash-native-audio-preview-12-2025";

    private readonly EchoModel _model = new();
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Session_resumes_from_the_state_of_its_handle()
    {
        await using var host = await LiveTestHost.StartAsync(_model);
        var handle = await HandleAsync(host, "remembered");
        var next = _model.NextSessionAsync();

        await using var client = await host.OpenAsync(Setup(handle));

        var resumed = await next;
        var first = await _model.FirstSessionAsync();
        Assert.Equal("remembered", resumed.Start.ResumeFrom);
        Assert.Equal(first.Start.SessionId, resumed.Start.SessionId);
    }

    [Fact]
    public async Task Client_is_notified_when_a_session_is_no_longer_resumable()
    {
        await using var host = await LiveTestHost.StartAsync(_model);
        await using var client = await host.OpenAsync(LiveTestHost.ResumableSetup);
        var output = (await _model.FirstSessionAsync()).Output;

        output.Checkpoint(null);
        output.Checkpoint("one");
        output.Checkpoint(null);
        output.Checkpoint(null);
        output.Checkpoint("two");

        Assert.True((await client.ReceiveAsync()).At("sessionResumptionUpdate", "resumable")!.Value.GetBoolean());
        Assert.Equal("""{"sessionResumptionUpdate":{}}""", (await client.ReceiveAsync()).Json.GetRawText());
        Assert.NotNull((await client.ReceiveAsync()).NewHandle());
    }

    [Fact]
    public async Task Session_without_resumption_gets_no_updates()
    {
        await using var host = await LiveTestHost.StartAsync(_model);
        await using var client = await host.OpenAsync();

        (await _model.FirstSessionAsync()).Output.Checkpoint("state");
        await client.SayAsync("next");

        Assert.Equal("next", (await client.ReceiveAsync()).SaidText());
    }

    [Fact]
    public async Task Transparent_resumption_reports_consumed_messages()
    {
        await using var host = await LiveTestHost.StartAsync(_model);
        await using var client = await host.OpenAsync($$$$"""{"setup":{"model":"{{{{Model}}}}","sessionResumption":{"transparent":true}}}""");
        await client.EchoAsync("one");
        await client.EchoAsync("two");

        (await _model.FirstSessionAsync()).Output.Checkpoint("state");

        Assert.Equal("2", (await client.ReceiveAsync()).At("sessionResumptionUpdate", "lastConsumedClientMessageIndex")!.Value.GetString());
    }

    [Fact]
    public async Task Only_the_newest_handles_are_kept()
    {
        await using var host = await LiveTestHost.StartAsync(_model);
        var handles = new List<string>();
        await using (var client = await host.OpenAsync(LiveTestHost.ResumableSetup))
        {
            var output = (await _model.FirstSessionAsync()).Output;
            for (var i = 0; i < 5; i++)
            {
                output.Checkpoint(i);
                handles.Add((await client.ReceiveAsync()).NewHandle()!);
            }
        }

        await ExpectRefusedAsync(host, handles[1], LiveClose.SessionNotFound);
        var next = _model.NextSessionAsync();
        await using var resumed = await host.OpenAsync(Setup(handles[2]));

        Assert.Equal(2, (await next).Start.ResumeFrom);
    }

    [Fact]
    public async Task Resumption_closes_the_old_connection()
    {
        await using var host = await LiveTestHost.StartAsync(_model);
        await using var old = await host.OpenAsync(LiveTestHost.ResumableSetup);
        var oldSession = await _model.FirstSessionAsync();
        oldSession.Output.Checkpoint("state");
        var handle = (await old.ReceiveAsync()).NewHandle()!;

        await using var client = await host.OpenAsync(Setup(handle));

        Assert.Equal(1008, (await old.ExpectCloseAsync()).Code);
        await client.EchoAsync("going on");
    }

    [Fact]
    public async Task Old_connection_cannot_save_a_claimed_session()
    {
        var store = new InMemorySessionStore(Microsoft.Extensions.Options.Options.Create(new LiveApiOptions()), _time);
        var seal = new HandleSeal(new EphemeralSecrets());
        var origin = new SessionSnapshot(RandomId.New(), 0, 0, Model, "owner", "", _time.GetUtcNow(), "nothing");
        var old = new ResumptionTrack(store, seal, origin, _time.GetUtcNow().AddHours(2), transparent: false, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        var updates = new List<Protocol.SessionResumptionUpdate>();
        old.Checkpoint("before", 0, updates.Add);

        var epoch = await store.ClaimAsync(origin.SessionId);
        old.Checkpoint("after", 0, updates.Add);

        Assert.Equal(1, epoch);
        Assert.Single(updates);
    }

    [Fact]
    public async Task Handle_of_another_model_is_refused()
    {
        await using var host = await LiveTestHost.StartAsync(_model);
        var handle = await HandleAsync(host, "state");

        await ExpectRefusedAsync(host, handle, LiveClose.InvalidHandle, "models/gemini-3.8-live");
    }

    [Fact]
    public async Task Handle_of_another_credential_is_refused()
    {
        await using var host = await LiveTestHost.StartAsync(_model, static options => options.ApiKeys.Add("another-key"));
        var handle = await HandleAsync(host, "state");
        await using var client = await host.ConnectAsync(key: "another-key");

        await client.SendJsonAsync(Setup(handle));

        Assert.Equal(LiveClose.InvalidHandle.Reason, (await client.ExpectCloseAsync()).Reason);
    }

    [Fact]
    public async Task Handle_with_altered_seal_is_refused()
    {
        await using var host = await LiveTestHost.StartAsync(_model);
        var handle = await HandleAsync(host, "state");

        await ExpectRefusedAsync(host, (handle[0] == 'A' ? 'B' : 'A') + handle[1..], LiveClose.InvalidHandle);
        await ExpectRefusedAsync(host, new string('A', 100_000), LiveClose.InvalidHandle);
    }

    [Fact]
    public async Task Oldest_session_beyond_the_limit_is_dropped()
    {
        await using var host = await LiveTestHost.StartAsync(_model, static options => options.Sessions.MaxResumableSessions = 1);
        var first = await HandleAsync(host, "first");
        var second = await HandleAsync(host, "second");

        await ExpectRefusedAsync(host, first, LiveClose.SessionNotFound);
        await using var client = await host.OpenAsync(Setup(second));
    }

    private static string Setup(string handle, string model = Model) =>
        $$$$"""{"setup":{"model":"{{{{model}}}}","sessionResumption":{"handle":"{{{{handle}}}}"}}}""";

    private async Task<string> HandleAsync(InMemoryHost host, object state)
    {
        var next = _model.NextSessionAsync();
        await using var client = await host.OpenAsync(LiveTestHost.ResumableSetup);
        var session = await next;
        session.Output.Checkpoint(state);
        var handle = (await client.ReceiveAsync()).NewHandle()!;
        await client.Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
        await session.Disposed.FirstAsync(static _ => true, "the session ends");
        return handle;
    }

    private static async Task ExpectRefusedAsync(InMemoryHost host, string handle, LiveClose expected, string model = Model)
    {
        await using var client = await host.ConnectAsync();
        await client.SendJsonAsync(Setup(handle, model));
        var close = await client.ExpectCloseAsync();
        Assert.Equal((expected.Code, expected.Reason), (close.Code, close.Reason));
    }
}
