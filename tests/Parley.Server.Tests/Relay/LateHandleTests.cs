using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Parley.Server.Sessions;
using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Relay;

/// <summary>The store fails when the upstream sends a handle.</summary>
public sealed class LateHandleTests
{
    private const string Transparent = """{"setup":{"model":"models/gemini-2.5-flash-native-audio-preview-12-2025","sessionResumption":{"transparent":true}}}""";

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly TestClock _time = new();
    private readonly FailingSaves _store = new();

    [Fact]
    public async Task Client_gets_the_handle_when_the_store_works_again()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream.Host);
        var (client, connection) = await gateway.OpenAsync(upstream, Transparent);
        await using var _ = client;
        await client.SayAsync("one");
        await connection.TextAsync(static text => text.Contains("one", StringComparison.Ordinal), "the first message");

        _store.Failures = 3;
        await connection.SendAsync("""{"sessionResumptionUpdate":{"newHandle":"up-1","resumable":true,"lastConsumedClientMessageIndex":"1"}}""");
        await AdvanceToSaveAsync(4);

        var update = await client.ReceiveAsync();
        Assert.NotNull(update.NewHandle());
        Assert.Equal("1", update.At("sessionResumptionUpdate", "lastConsumedClientMessageIndex")!.Value.GetString());
        await client.DisposeAsync();
        var next = upstream.NextAsync();
        await using var resumed = await gateway.ConnectAsync();
        await resumed.SendJsonAsync(Transparent.Replace("true", $"true,\"handle\":\"{update.NewHandle()}\"", StringComparison.Ordinal));
        Assert.Contains("\"up-1\"", await (await next).SetupAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handle_is_not_sent_after_the_upstream_has_withdrawn_it()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream.Host);
        var (client, connection) = await gateway.OpenAsync(upstream, LiveTestHost.ResumableSetup);
        await using var _ = client;
        _store.Failures = 1;
        await connection.SendAsync("""{"sessionResumptionUpdate":{"newHandle":"up-1","resumable":true}}""");
        await _store.Saves.FirstAsync(static count => count == 1, "the first save");
        await connection.SendAsync("""{"sessionResumptionUpdate":{"resumable":false}}""");
        Assert.Null((await client.ReceiveAsync()).NewHandle());

        await _time.AdvanceAsync(5 * Second, TestContext.Current.CancellationToken);
        await connection.SendAsync("""{"sessionResumptionUpdate":{"newHandle":"up-2","resumable":true}}""");

        Assert.NotNull((await client.ReceiveAsync()).NewHandle());
        Assert.Equal([1, 2], _store.Saves.Snapshot);
    }

    // A client takes everything it said before a handle for part of its state, unless the handle says what it covers.
    [Theory]
    [InlineData(LiveTestHost.ResumableSetup, "", false)]
    [InlineData(Transparent, ""","lastConsumedClientMessageIndex":"0" """, true)]
    public async Task Handle_that_is_older_than_a_question_is_sent_only_if_it_says_so(string setup, string index, bool isSent)
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream.Host);
        var (client, connection) = await gateway.OpenAsync(upstream, setup);
        await using var _ = client;
        _store.Failures = 1;
        await connection.SendAsync($$$"""{"sessionResumptionUpdate":{"newHandle":"up-1","resumable":true{{{index}}}}}""");
        await _store.Saves.FirstAsync(static count => count == 1, "the first save");
        await client.SayAsync("a question");
        await connection.TextAsync(static text => text.Contains("a question", StringComparison.Ordinal), "the question");

        await AdvanceToSaveAsync(2);
        await connection.SendAsync("""{"serverContent":{"turnComplete":true}}""");

        Assert.Equal(isSent, (await client.ReceiveAsync()).Has("sessionResumptionUpdate"));
    }

    private Task<InMemoryHost> StartAsync(InMemoryHost upstream) => Gateway.StartAsync(
        upstream,
        time: _time,
        services: services =>
        {
            services.TryAddSingleton<InMemorySessionStore>();
            services.Replace(ServiceDescriptor.Singleton<ISessionStore>(provider => _store.Over(provider.GetRequiredService<InMemorySessionStore>())));
        },
        // The clock may be far ahead before the gateway has read a message.
        live: static options =>
        {
            options.Sessions.ConnectionLifetime = options.Sessions.SessionLifetime = TimeSpan.FromDays(1);
            options.Connections.KeepAliveInterval = TimeSpan.Zero;
        });

    private Task AdvanceToSaveAsync(int number) => _time.AdvanceUntilAsync(_store.Saves.FirstAsync(save => save == number, $"save {number}"), Second);

    /// <summary>A store whose next saves fail.</summary>
    private sealed class FailingSaves : ISessionStore
    {
        private ISessionStore _inner = null!;
        private int _saves;

        public int Failures { get; set; }

        /// <summary>The number of each save.</summary>
        public EventLog<int> Saves { get; } = new();

        public FailingSaves Over(ISessionStore inner)
        {
            _inner = inner;
            return this;
        }

        public ValueTask<bool> SaveAsync(SessionCheckpoint checkpoint, CancellationToken cancellationToken)
        {
            Saves.Add(++_saves);
            return _saves <= Failures ? throw new StorageException("The database write failed.") : _inner.SaveAsync(checkpoint, cancellationToken);
        }

        public ValueTask<SessionCheckpoint?> FindAsync(string sessionId, long serial, CancellationToken cancellationToken) => _inner.FindAsync(sessionId, serial, cancellationToken);

        public ValueTask<long?> ClaimAsync(string sessionId, CancellationToken cancellationToken) => _inner.ClaimAsync(sessionId, cancellationToken);

        public ValueTask EndAsync(string sessionId, long epoch, DateTimeOffset expires, CancellationToken cancellationToken) => _inner.EndAsync(sessionId, epoch, expires, cancellationToken);

        public ValueTask DeleteAsync(string sessionId, long epoch, CancellationToken cancellationToken) => _inner.DeleteAsync(sessionId, epoch, cancellationToken);
    }
}
