using Parley.Client;

namespace Parley.Testing;

/// <summary>A client without a server: each connect returns the next of the given sessions.</summary>
public sealed class FakeLiveClient : LiveClient
{
    private readonly Queue<LiveSession> _sessions;
    private readonly List<LiveSetup> _setups = [];
    private readonly Lock _gate = new();

    /// <summary>Creates a client.</summary>
    /// <param name="sessions">The sessions that <see cref="ConnectAsync"/> returns, in order, such as <see cref="FakeLiveSession"/>s.</param>
    public FakeLiveClient(params IEnumerable<LiveSession> sessions)
    {
        ArgumentNullException.ThrowIfNull(sessions);
        _sessions = new(sessions);
    }

    /// <summary>The setups of the connects so far.</summary>
    public IReadOnlyList<LiveSetup> Setups
    {
        get
        {
            lock (_gate)
                return [.. _setups];
        }
    }

    /// <inheritdoc/>
    public override Task<LiveSession> ConnectAsync(LiveSetup setup, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(setup);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            _setups.Add(setup);
            return _sessions.TryDequeue(out var session) ? Task.FromResult(session)
                : throw new ExpectationException($"Expected at most {_setups.Count - 1} connects, but there is another one. Give FakeLiveClient a session for each.");
        }
    }
}
