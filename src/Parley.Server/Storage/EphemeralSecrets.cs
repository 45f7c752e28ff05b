using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Parley.Server.Storage;

/// <summary>Secrets in memory: all tokens and handles end with the process, as the sessions they refer to do.</summary>
internal sealed class EphemeralSecrets : ISecretStore
{
    private readonly ConcurrentDictionary<string, byte[]> _keys = new(StringComparer.Ordinal);

    public IDataProtectionProvider Protection { get; } = new EphemeralDataProtectionProvider();

    public ValueTask<ReadOnlyMemory<byte>> GetKeyAsync(string purpose, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(_keys.GetOrAdd(purpose, static _ => RandomNumberGenerator.GetBytes(32)));
    }
}
