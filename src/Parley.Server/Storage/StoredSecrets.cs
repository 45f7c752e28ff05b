using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Parley.Server.Storage;

/// <summary>
/// Secrets in the data folder: a Data Protection key ring in files, which rotates its keys and keeps the old ones, and constant keys in the database,
/// encrypted with that ring.
/// </summary>
internal sealed class StoredSecrets(LiveDatabase database) : ISecretStore
{
    private readonly ConcurrentDictionary<string, byte[]> _keys = new(StringComparer.Ordinal);

    public IDataProtectionProvider Protection { get; } =
        DataProtectionProvider.Create(database.CreateKeyRingFolder(), static builder => builder.SetApplicationName("Parley"));

    public ValueTask<ReadOnlyMemory<byte>> GetKeyAsync(string purpose, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(_keys.GetOrAdd(purpose, Load));
    }

    private byte[] Load(string purpose)
    {
        var protector = Protection.CreateProtector("Parley.Secrets", purpose);
        var fresh = Protect(protector, RandomNumberGenerator.GetBytes(32));
        var stored = database.Read(connection =>
        {
            connection.Execute("INSERT INTO secrets(name, value) VALUES (@name, @value) ON CONFLICT(name) DO NOTHING", ("@name", purpose), ("@value", fresh));
            using var select = connection.Command("SELECT value FROM secrets WHERE name = @name", ("@name", purpose));
            return (byte[])select.ExecuteScalar()!;
        });
        try
        {
            return protector.Unprotect(stored);
        }
        catch (CryptographicException e)
        {
            throw new InvalidOperationException(
                $"The keys in {database.Folder} cannot decrypt its database: one of them was copied or deleted without the other. Restore both, or start with an empty folder.", e);
        }
    }

    private byte[] Protect(IDataProtector protector, byte[] secret)
    {
        try
        {
            var sealedSecret = protector.Protect(secret);
            // The first use writes the ring.
            database.CreateKeyRingFolder();
            return sealedSecret;
        }
        catch (Exception e)
        {
            throw new InvalidOperationException(
                $"The key ring in {Path.Combine(database.Folder, "keys")} cannot be read or written: {e.GetBaseException().Message.TrimEnd('.')}. Repair or restore it, or start with an empty folder.", e);
        }
    }
}
