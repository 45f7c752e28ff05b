using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Parley.Server.Access;
using Parley.Server.Nodes;
using Parley.Server.Sessions;
using Parley.Server.Storage;
using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Nodes;

/// <summary>Stores in memory that several servers of one test share.</summary>
internal sealed class SharedStores
{
    private readonly InMemorySessionStore _sessions;
    private readonly InMemoryTokenStore _tokens;
    private readonly InMemoryUsageStore _usage = new();
    private readonly EphemeralSecrets _secrets = new();

    public SharedStores(TestClock clock)
    {
        var options = Options.Create(new LiveApiOptions());
        (Clock, _sessions, _tokens, Nodes) = (clock, new InMemorySessionStore(options, clock), new InMemoryTokenStore(options, clock), new InMemoryNodeStore(clock));
    }

    public TestClock Clock { get; }

    public InMemoryNodeStore Nodes { get; }

    public InMemoryKeyStore Keys { get; } = new();

    /// <summary>Starts one more server on these stores, whose texts are echoed.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="link">Its connection to the stores, to cut; null = one that is never cut.</param>
    /// <param name="configure">Changes its options.</param>
    public Task<InMemoryHost> StartAsync(string name, StoreLink? link = null, Action<LiveApiOptions>? configure = null)
    {
        link ??= new StoreLink();
        return LiveTestHost.StartAsync(
            new EchoModel { Receiving = static (session, _) => session.Output.Checkpoint("state") },
            options =>
            {
                options.NodeName = name;
                configure?.Invoke(options);
            },
            Clock,
            services => services
                .AddSingleton<INodeStore>(new CutNodeStore(Nodes, link))
                .AddSingleton<IKeyStore>(new CutKeyStore(Keys, link))
                .AddSingleton<ISessionStore>(_sessions)
                .AddSingleton<ILiveCheckpointCodec, TextCodec>()
                .AddSingleton<ITokenStore>(_tokens)
                .AddSingleton<IUsageStore>(_usage)
                .AddSingleton<ISecretStore>(_secrets));
    }

    public async Task<CreatedKey> CreateKeyAsync(KeyLimits? limits = null) => await new LiveKeys(Keys, Clock).CreateAsync("site", limits);
}

/// <summary>The connection of one server to its stores.</summary>
#pragma warning disable CA1001 // Without a timer there is nothing to dispose.
internal sealed class StoreLink
#pragma warning restore CA1001
{
    private CancellationTokenSource _cut = new();

    /// <summary>Signals are lost while it is cut, and the listener of the server ends.</summary>
    public CancellationToken Lost => _cut.Token;

    public bool IsCut { get; private set; }

    public void Cut()
    {
        IsCut = true;
        _cut.Cancel();
    }

    public void Mend()
    {
        IsCut = false;
        _cut = new CancellationTokenSource();
    }

    public T Use<T>(Func<T> call) => IsCut ? throw new StorageException("The store cannot be reached.") : call();
}

internal sealed class CutKeyStore(IKeyStore inner, StoreLink link) : IKeyStore
{
    public ValueTask<bool> AnyAsync(CancellationToken cancellationToken) => link.Use(() => inner.AnyAsync(cancellationToken));

    public ValueTask AddAsync(StoredKey key, CancellationToken cancellationToken) => link.Use(() => inner.AddAsync(key, cancellationToken));

    public ValueTask<StoredKey?> FindAsync(string id, CancellationToken cancellationToken) => link.Use(() => inner.FindAsync(id, cancellationToken));

    public ValueTask<IReadOnlyList<VirtualKey>> ListAsync(CancellationToken cancellationToken) => link.Use(() => inner.ListAsync(cancellationToken));

    public ValueTask<bool> SetLimitsAsync(string id, KeyLimits limits, CancellationToken cancellationToken) => link.Use(() => inner.SetLimitsAsync(id, limits, cancellationToken));

    public ValueTask<bool> RevokeAsync(string id, DateTimeOffset at, CancellationToken cancellationToken) => link.Use(() => inner.RevokeAsync(id, at, cancellationToken));
}

internal sealed class CutNodeStore(INodeStore inner, StoreLink link) : INodeStore
{
    public ValueTask<bool> RenewAsync(LiveNode node, CancellationToken cancellationToken) => link.Use(() => inner.RenewAsync(node, cancellationToken));

    public ValueTask RemoveAsync(string nodeId, CancellationToken cancellationToken) => link.Use(() => inner.RemoveAsync(nodeId, cancellationToken));

    public ValueTask<IReadOnlyList<LiveNode>> ListAsync(CancellationToken cancellationToken) => link.Use(() => inner.ListAsync(cancellationToken));

    public ValueTask<bool> EnterAsync(NodeSession session, int? maxSessionsOfKey, CancellationToken cancellationToken) =>
        link.Use(() => inner.EnterAsync(session, maxSessionsOfKey, cancellationToken));

    public ValueTask LeaveAsync(string sessionId, string connectionId, CancellationToken cancellationToken) =>
        link.Use(() => inner.LeaveAsync(sessionId, connectionId, cancellationToken));

    public ValueTask<IReadOnlyList<NodeSession>> ListSessionsAsync(CancellationToken cancellationToken) => link.Use(() => inner.ListSessionsAsync(cancellationToken));

    public ValueTask<IReadOnlyDictionary<string, int>> CountSessionsAsync(CancellationToken cancellationToken) => link.Use(() => inner.CountSessionsAsync(cancellationToken));

    public ValueTask<TimeSpan?> CountOpeningAsync(string keyId, int limit, CancellationToken cancellationToken) =>
        link.Use(() => inner.CountOpeningAsync(keyId, limit, cancellationToken));

    public ValueTask SignalAsync(NodeSignal signal, CancellationToken cancellationToken) => link.Use(() => inner.SignalAsync(signal, cancellationToken));

    public async IAsyncEnumerable<NodeSignal> ListenAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var lost = link.Lost;
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lost);
        await using var signals = link.Use(() => inner.ListenAsync(both.Token)).GetAsyncEnumerator(both.Token);
        while (await NextAsync(signals, lost))
            yield return signals.Current;
    }

    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<NodeSignal> signals, CancellationToken lost)
    {
        try
        {
            return await signals.MoveNextAsync();
        }
        catch (OperationCanceledException) when (lost.IsCancellationRequested)
        {
            throw new StorageException("The connection was lost.");
        }
    }
}
