using Microsoft.Extensions.Options;

namespace Parley.Server.Access;

/// <summary>
/// Looks up virtual keys. With <see cref="LiveSessionOptions.AdmitWithoutStorage"/> it remembers those that were found in the last hour, for a time in which
/// the store cannot be reached; a key that was revoked meanwhile is then accepted, too.
/// </summary>
internal sealed class KnownKeys(IKeyStore store, IOptions<LiveApiOptions> options, TimeProvider time)
{
    private const int MaxKeys = 10_000;

    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    private readonly bool _remembers = options.Value.Sessions.AdmitWithoutStorage;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (StoredKey Key, long Found)> _found = new(StringComparer.Ordinal);

    /// <exception cref="StorageException">The store failed, and the key is not known.</exception>
    internal async ValueTask<StoredKey?> FindAsync(string id, CancellationToken cancellationToken)
    {
        StoredKey? key;
        try
        {
            key = await store.FindAsync(id, cancellationToken).ConfigureAwait(false);
        }
        catch (StorageException) when (Recall(id) is not null)
        {
            return Recall(id);
        }
        if (_remembers && key is not null)
            Remember(id, key);
        return key;
    }

    private void Remember(string id, StoredKey key)
    {
        lock (_gate)
        {
            if (_found.Count >= MaxKeys && !_found.ContainsKey(id))
                _found.Remove(_found.MinBy(static entry => entry.Value.Found).Key);
            _found[id] = (key, time.GetTimestamp());
        }
    }

    private StoredKey? Recall(string id)
    {
        lock (_gate)
            return _found.TryGetValue(id, out var known) && time.GetElapsedTime(known.Found) < Kept ? known.Key : null;
    }
}
