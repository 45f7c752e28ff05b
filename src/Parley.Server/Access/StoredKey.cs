namespace Parley.Server;

/// <summary>A virtual key as <see cref="IKeyStore"/> keeps it.</summary>
/// <param name="Key">The key without its secret.</param>
/// <param name="Hash">The hash of its secret. The secret cannot be computed from it.</param>
public sealed record StoredKey(VirtualKey Key, ReadOnlyMemory<byte> Hash)
{
    /// <summary>The id.</summary>
    public override string ToString() => $"{nameof(StoredKey)}({Key.Id})";
}
