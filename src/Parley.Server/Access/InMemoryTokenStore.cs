using Microsoft.Extensions.Options;

namespace Parley.Server.Access;

/// <summary>Keeps ephemeral tokens in memory.</summary>
internal sealed class InMemoryTokenStore(IOptions<LiveApiOptions> options, TimeProvider time) : ITokenStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _tokens = [];
    private readonly PriorityQueue<string, DateTimeOffset> _byExpiry = new();

    public ValueTask<bool> AddAsync(EphemeralToken token)
    {
        lock (_gate)
        {
            DropExpired();
            if (_tokens.Count >= options.Value.Sessions.MaxTokens)
                return new(false);
            _tokens.Add(token.Id, new Entry(token));
            _byExpiry.Enqueue(token.Id, token.ExpireTime);
        }
        return new(true);
    }

    public EphemeralToken? Find(string id)
    {
        lock (_gate)
            return _tokens.GetValueOrDefault(id)?.Token;
    }

    public ValueTask<bool> TryUseAsync(EphemeralToken token)
    {
        if (token.Uses is not { } uses)
            return new(true);
        lock (_gate)
        {
            if (!_tokens.TryGetValue(token.Id, out var entry) || entry.Used >= uses)
                return new(false);
            entry.Used++;
            return new(true);
        }
    }

    public ValueTask ReturnUseAsync(EphemeralToken token)
    {
        lock (_gate)
        {
            if (token.Uses is not null && _tokens.TryGetValue(token.Id, out var entry) && entry.Used > 0)
                entry.Used--;
        }
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
        internal EphemeralToken Token => token;

        internal int Used { get; set; }
    }
}
