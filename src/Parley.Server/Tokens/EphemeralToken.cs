using Parley.Protocol;

namespace Parley.Server;

/// <summary>An ephemeral token (reference section 11).</summary>
internal sealed class EphemeralToken
{
    /// <summary>Owner of the key it was minted with.</summary>
    internal required string Owner { get; init; }

    /// <summary>New sessions it may open; null = any number.</summary>
    internal required int? Uses { get; init; }

    /// <summary>End of every session on it.</summary>
    internal required DateTimeOffset ExpireTime { get; init; }

    /// <summary>Last moment to open a new session.</summary>
    internal required DateTimeOffset NewSessionExpireTime { get; init; }

    /// <summary>The locked configuration; null = none.</summary>
    internal required Setup? Setup { get; init; }

    /// <summary>Which paths of it win; empty = all.</summary>
    internal required IReadOnlyList<string> FieldMask { get; init; }

    private int _used;

    /// <summary>Takes one use; false where none is left.</summary>
    internal bool TryUse()
    {
        if (Uses is not { } uses)
            return true;
        if (Interlocked.Increment(ref _used) <= uses)
            return true;
        Interlocked.Decrement(ref _used);
        return false;
    }
}
