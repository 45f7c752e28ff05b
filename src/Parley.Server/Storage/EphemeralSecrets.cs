using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Parley.Server.Storage;

/// <summary>Secrets of this process: with it end all tokens and handles, as does what they stand for.</summary>
internal sealed class EphemeralSecrets : ILiveSecrets
{
    private readonly ConcurrentDictionary<string, byte[]> _keys = new(StringComparer.Ordinal);

    public IDataProtectionProvider Protection { get; } = new EphemeralDataProtectionProvider();

    public byte[] Key(string purpose) => _keys.GetOrAdd(purpose, static _ => RandomNumberGenerator.GetBytes(32));
}
