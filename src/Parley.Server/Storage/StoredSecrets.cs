using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Parley.Server.Storage;

/// <summary>
/// Secrets of the data folder: a key ring of Data Protection in files, which renews itself and keeps its old keys, and beside it in the
/// database keys that must never change, protected by that ring. Two servers on one folder share them.
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
                $"The keys in {database.Folder} do not open its database: one was copied or deleted without the other. Bring both back, or begin with an empty folder.", e);
        }
    }
}
