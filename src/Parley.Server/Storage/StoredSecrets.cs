using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Parley.Server.Storage;

/// <summary>
/// Secrets in the data folder: a Data Protection key ring in files, which rotates its keys and keeps the old ones, and constant keys in the database,
/// encrypted with that ring. Two servers with the same folder share them.
/// </summary>
internal sealed class StoredSecrets(LiveDatabase database) : ILiveSecrets
{
    private readonly ConcurrentDictionary<string, byte[]> _keys = new(StringComparer.Ordinal);

    public IDataProtectionProvider Protection { get; } =
        DataProtectionProvider.Create(Directory.CreateDirectory(Path.Combine(database.Folder, "keys")), static builder => builder.SetApplicationName("Parley"));

    public byte[] Key(string purpose) => _keys.GetOrAdd(purpose, Load);

    private byte[] Load(string purpose)
    {
        var protector = Protection.CreateProtector("Parley.Secrets", purpose);
        using var connection = database.Open();
        using var insert = connection.Command(
            "INSERT INTO secrets(name, value) VALUES (@name, @value) ON CONFLICT(name) DO NOTHING",
            ("@name", purpose), ("@value", protector.Protect(RandomNumberGenerator.GetBytes(32))));
        insert.ExecuteNonQuery();
        using var select = connection.Command("SELECT value FROM secrets WHERE name = @name", ("@name", purpose));
        try
        {
            return protector.Unprotect((byte[])select.ExecuteScalar()!);
        }
        catch (CryptographicException e)
        {
            throw new InvalidOperationException(
                $"The keys in {database.Folder} cannot decrypt its database: one of them was copied or deleted without the other. Restore both, or start with an empty folder.", e);
        }
    }
}
