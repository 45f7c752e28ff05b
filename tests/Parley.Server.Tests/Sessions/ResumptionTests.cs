using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Parley.Server.Sessions;
using Parley.Server.Storage;
using Parley.Server.Telemetry;
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
        var store = new TestSessionStore(_time);
        var old = await TrackAsync(store);
        var superseded = 0;
        old.Superseded = () => superseded++;
        var updates = new List<Protocol.SessionResumptionUpdate>();
        old.Checkpoint("before", 0, updates.Add);

        var epoch = await store.ClaimAsync(old.SessionId, CancellationToken.None);
        old.Checkpoint("after", 0, updates.Add);
        old.Checkpoint("later", 0, updates.Add);

        Assert.Equal(1, epoch);
        Assert.Single(updates);
        Assert.Equal(1, superseded);
    }

    [Fact]
    public async Task Connection_of_a_session_that_was_claimed_on_another_server_is_closed_at_its_next_save()
    {
        await using var host = await LiveTestHost.StartAsync(_model);
        await using var old = await host.OpenAsync(LiveTestHost.ResumableSetup);
        var session = await _model.FirstSessionAsync();
        session.Output.Checkpoint("before");
        await old.ReceiveAsync();

        await host.Services.GetRequiredService<ISessionStore>().ClaimAsync(session.Start.SessionId, CancellationToken.None);
        session.Output.Checkpoint("after");

        Assert.Equal((1008, LiveClose.Aborted.Reason), await old.ExpectCloseAsync() is var close ? (close.Code, close.Reason) : default);
    }

    [Fact]
    public async Task States_that_follow_while_one_is_saved_are_skipped_except_the_newest()
    {
        var store = new TestSessionStore(_time) { Gate = new TaskCompletionSource() };
        var track = await TrackAsync(store);
        var updates = new EventLog<Protocol.SessionResumptionUpdate>();
        for (var i = 0; i < 5; i++)
            track.Checkpoint(i, 0, updates.Add);
        Assert.Equal([0], store.Saved);

        store.Gate.SetResult();
        await updates.FirstAsync(static _ => true, "the handle of the newest state");

        Assert.Equal([0, 4], store.Saved);
        Assert.Single(updates.Snapshot);
    }

    [Fact]
    public async Task Failed_save_is_repeated_until_the_store_works()
    {
        var store = new TestSessionStore(_time) { Failures = 3 };
        var track = await TrackAsync(store);
        var updates = new List<Protocol.SessionResumptionUpdate>();
        track.Checkpoint("state", 0, updates.Add);

        for (var i = 0; i < 3; i++)
        {
            Assert.Empty(updates);
            _time.Advance(ResumptionTrack.RetryDelay);
        }

        Assert.Single(updates);
        _time.Advance(ResumptionTrack.RetryDelay);
        Assert.Equal(["state", "state", "state", "state"], store.Saved);
    }

    [Fact]
    public async Task Failed_save_is_not_repeated_after_the_model_withdrew_its_state_or_the_connection_ended()
    {
        var store = new TestSessionStore(_time) { Failures = int.MaxValue };
        var (withdrawn, ended) = (await TrackAsync(store), await TrackAsync(store));
        var updates = new List<Protocol.SessionResumptionUpdate>();
        withdrawn.Checkpoint("one", 0, updates.Add);
        ended.Checkpoint("two", 0, updates.Add);

        withdrawn.Checkpoint(null, 0, updates.Add);
        await ended.EndAsync(forget: false);
        _time.Advance(ResumptionTrack.RetryDelay);

        Assert.Equal(["one", "two"], store.Saved);
        Assert.Empty(updates);
    }

    [Fact]
    public async Task Handle_of_a_relayed_session_is_given_up_after_a_second()
    {
        var store = new TestSessionStore(_time) { Gate = new TaskCompletionSource() };
        var track = await TrackAsync(store);

        var issuing = track.IssueAsync("state").AsTask();
        Assert.False(issuing.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(await issuing);
        store.Gate.SetResult();
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

    private async Task<ResumptionTrack> TrackAsync(TestSessionStore store)
    {
        var seal = new HandleSeal(new EphemeralSecrets());
        await seal.LoadAsync(CancellationToken.None);
        var origin = new SessionCheckpoint
        {
            SessionId = RandomId.New(),
            Epoch = 0,
            Serial = 0,
            Model = Model,
            Owner = "owner",
            CredentialId = "",
            Started = _time.GetUtcNow(),
            Expires = _time.GetUtcNow().AddHours(2),
            State = new CheckpointState("nothing", codec: null),
        };
        var sessions = new ResumableSessions(store, store.Inner, [new AnyCodec()], Metrics(), NullLogger<ResumableSessions>.Instance);
        return new ResumptionTrack(sessions, seal, origin, TimeSpan.FromHours(2), transparent: false, _time, NullLogger.Instance);
    }

    private static LiveMetrics Metrics() => new ServiceCollection().AddMetrics().AddSingleton<LiveMetrics>().BuildServiceProvider().GetRequiredService<LiveMetrics>();

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

    /// <summary>A store in memory whose saves fail, or wait for a gate.</summary>
    private sealed class TestSessionStore(TimeProvider time) : ISessionStore
    {
        public InMemorySessionStore Inner { get; } = new(Options.Create(new LiveApiOptions()), time);

        public TaskCompletionSource? Gate { get; init; }

        public int Failures { get; set; }

        public List<object> Saved { get; } = [];

        public async ValueTask<bool> SaveAsync(SessionCheckpoint checkpoint, CancellationToken cancellationToken)
        {
            Saved.Add(checkpoint.State.Value!);
            if (Failures-- > 0)
                throw new StorageException();
            if (Gate is not null)
                await Gate.Task;
            return await Inner.SaveAsync(checkpoint, cancellationToken);
        }

        public ValueTask<SessionCheckpoint?> FindAsync(string sessionId, long serial, CancellationToken cancellationToken) => Inner.FindAsync(sessionId, serial, cancellationToken);

        public ValueTask<long?> ClaimAsync(string sessionId, CancellationToken cancellationToken) => Inner.ClaimAsync(sessionId, cancellationToken);

        public ValueTask EndAsync(string sessionId, long epoch, DateTimeOffset expires, CancellationToken cancellationToken) => Inner.EndAsync(sessionId, epoch, expires, cancellationToken);

        public ValueTask DeleteAsync(string sessionId, long epoch, CancellationToken cancellationToken) => Inner.DeleteAsync(sessionId, epoch, cancellationToken);
    }

    private sealed class AnyCodec : ILiveCheckpointCodec
    {
        public string Kind => "any";

        public bool Takes(object state) => true;

        public StoredCheckpoint Store(object state) => throw new NotSupportedException();

        public object Restore(StoredCheckpoint stored) => throw new NotSupportedException();
    }
}
