namespace Parley.Server.Tests.Storage.Conformance;

/// <summary>The stores of one server.</summary>
/// <param name="Sessions">Sessions.</param>
/// <param name="Tokens">Tokens.</param>
/// <param name="Keys">Keys.</param>
/// <param name="Usage">Usage.</param>
/// <param name="Secrets">Secrets.</param>
/// <param name="Nodes">Nodes.</param>
/// <param name="Audit">Actions of operators.</param>
/// <param name="Outbox">Events for webhooks.</param>
/// <param name="Sweep">Does what the stores do once a minute.</param>
public sealed record StoreNode(
    ISessionStore Sessions, ITokenStore Tokens, IKeyStore Keys, IUsageStore Usage, ISecretStore Secrets, INodeStore Nodes, IAuditStore Audit, IWebhookOutbox Outbox, Func<Task> Sweep);

/// <summary>A kind of stores: empty when created, deleted when disposed.</summary>
public interface IStores : IAsyncDisposable
{
    /// <summary>Opens the stores of one more server on the same data; if data cannot be shared, the same stores again.</summary>
    ValueTask<StoreNode> OpenAsync(LiveApiOptions options, TimeProvider time);

    /// <summary>Lets time pass by the clock that <see cref="INodeStore"/> uses.</summary>
    ValueTask ElapseAsync(TestClock clock, TimeSpan time);
}

/// <summary>
/// What every store does, whatever it keeps its data in. A class for each kind of stores derives from each suite in this folder. The suites use public API
/// only, so that other test projects compile them too.
/// </summary>
public abstract class StoreConformance(IStores stores) : IAsyncLifetime
{
    /// <summary>Names that break queries, encodings and columns that are too short.</summary>
    public static TheoryData<string> HostileNames =>
    [
        "'; DROP TABLE sessions; --", "\"", "\\", "%_*", "@id", "$1", "null", "", " ", "a\nb\tc", "äöü€𝄞", "\u202e\ufeff", new string('x', 2_000), "{}", "a,b", "/../..",
    ];

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected static CancellationToken Cancelled { get; } = new(canceled: true);

    protected TestClock Clock { get; } = new(new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero));

    protected LiveApiOptions Options { get; } = new();

    protected DateTimeOffset Now => Clock.GetUtcNow();

    protected StoreNode One { get; private set; } = null!;

    protected StoreNode Two { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        One = await stores.OpenAsync(Options, Clock);
        Two = await stores.OpenAsync(Options, Clock);
    }

    public async ValueTask DisposeAsync()
    {
        await stores.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected ValueTask ElapseAsync(TimeSpan time) => stores.ElapseAsync(Clock, time);

    /// <summary>Runs calls at the same time, by turns on both servers.</summary>
    protected Task<T[]> RaceAsync<T>(int calls, Func<StoreNode, int, ValueTask<T>> call) =>
        Task.WhenAll(Enumerable.Range(0, calls).Select(i => Task.Run(() => call(i % 2 == 0 ? One : Two, i).AsTask(), Cancellation)));

    protected static Task AssertCancelledAsync(Func<CancellationToken, Task> call) => Assert.ThrowsAnyAsync<OperationCanceledException>(() => call(Cancelled));
}
