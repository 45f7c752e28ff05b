using Microsoft.Extensions.Options;

namespace Parley.Server.Access;

/// <summary>Keeps ephemeral tokens in memory.</summary>
internal sealed class InMemoryTokenStore(IOptions<LiveApiOptions> options, TimeProvider time) : ITokenStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _tokens = new(StringComparer.Ordinal);
    private readonly PriorityQueue<string, DateTimeOffset> _byExpiry = new();

    public ValueTask<bool> AddAsync(EphemeralToken token, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (_tokens.ContainsKey(token.Id))
                return new(true);
            DropExpired();
            if (_tokens.Count >= options.Value.Sessions.MaxTokens)
                return new(false);
            _tokens.Add(token.Id, new Entry(token));
            _byExpiry.Enqueue(token.Id, token.ExpireTime);
        }
        return new(true);
    }

    public ValueTask<EphemeralToken?> FindAsync(string id, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
            return new(_tokens.GetValueOrDefault(id)?.Token);
    }

    public ValueTask<bool> RedeemAsync(string id, string useId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
            return new(_tokens.TryGetValue(id, out var entry) && entry.TryTake(useId));
    }

    public ValueTask ReturnAsync(string id, string useId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
            _tokens.GetValueOrDefault(id)?.Return(useId);
        return default;
    }

    private void DropExpired()
    {
        var now = time.GetUtcNow();
        while (_byExpiry.TryPeek(out var id, out var expiry) && expiry < now)
        {
            _byExpiry.Dequeue();
            _tokens.Remove(id);
        }
    }

    private sealed class Entry(EphemeralToken token)
    {
        private HashSet<string>? _uses;

        internal EphemeralToken Token => token;

        internal bool TryTake(string useId)
        {
            if (token.Uses is not { } uses || _uses?.Contains(useId) is true)
                return true;
            if (_uses?.Count >= uses)
                return false;
            return (_uses ??= new HashSet<string>(StringComparer.Ordinal)).Add(useId);
        }

        internal void Return(string useId) => _uses?.Remove(useId);
    }
}
