namespace Parley.Server.Access;

/// <summary>Keeps virtual keys in memory.</summary>
internal sealed class InMemoryKeyStore : IKeyStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, StoredKey> _keys = new(StringComparer.Ordinal);

    public ValueTask<bool> AnyAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
            return new(_keys.Count > 0);
    }

    public ValueTask AddAsync(StoredKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
            _keys.TryAdd(key.Key.Id, key);
        return default;
    }

    public ValueTask<StoredKey?> FindAsync(string id, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
            return new(_keys.GetValueOrDefault(id));
    }

    public ValueTask<IReadOnlyList<VirtualKey>> ListAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
            return new([.. _keys.Values.Select(static stored => stored.Key).OrderByDescending(static key => key.Created).ThenBy(static key => key.Id, StringComparer.Ordinal)]);
    }

    public ValueTask<bool> SetLimitsAsync(string id, KeyLimits limits, CancellationToken cancellationToken) =>
        ChangeAsync(id, key => key with { Limits = limits }, cancellationToken);

    public ValueTask<bool> RevokeAsync(string id, DateTimeOffset at, CancellationToken cancellationToken) =>
        ChangeAsync(id, key => key with { Revoked = key.Revoked ?? at }, cancellationToken);

    private ValueTask<bool> ChangeAsync(string id, Func<VirtualKey, VirtualKey> change, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (!_keys.TryGetValue(id, out var stored))
                return new(false);
            _keys[id] = stored with { Key = change(stored.Key) };
            return new(true);
        }
    }
}
