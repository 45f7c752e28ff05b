using System.Collections.Concurrent;

namespace Parley.Server.Access;

/// <summary>Keeps virtual keys in memory.</summary>
internal sealed class InMemoryKeyStore : IKeyStore
{
    private readonly ConcurrentDictionary<string, (VirtualKey Key, byte[] Hash)> _keys = new(StringComparer.Ordinal);

    public bool Any() => !_keys.IsEmpty;

    public ValueTask AddAsync(VirtualKey key, byte[] hash)
    {
        _keys[key.Id] = (key, hash);
        return default;
    }

    public (VirtualKey Key, byte[] Hash)? Find(string id) => _keys.TryGetValue(id, out var found) ? found : null;

    public IReadOnlyList<VirtualKey> List() => [.. _keys.Values.Select(static entry => entry.Key).OrderByDescending(static key => key.Created).ThenBy(static key => key.Id, StringComparer.Ordinal)];

    public ValueTask<bool> RevokeAsync(string id, DateTimeOffset at)
    {
        if (!_keys.TryGetValue(id, out var found))
            return new(false);
        _keys[id] = (found.Key with { Revoked = found.Key.Revoked ?? at }, found.Hash);
        return new(true);
    }
}
