using System.Security.Cryptography;
using System.Text;

namespace Parley.Server.PostgreSql.Secrets;

/// <summary>Encrypts the elements of the key ring with AES-256-GCM, with a key derived from a secret of the operator by HKDF. The id of a row is authenticated with it.</summary>
internal sealed class MasterSecret
{
    private const int NonceBytes = 12, TagBytes = 16;

    private readonly byte[] _key;

    internal MasterSecret(string secret)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        _key = HKDF.DeriveKey(HashAlgorithmName.SHA256, bytes, 32, info: "Parley.KeyRing.Encryption.v1"u8.ToArray());
        Id = Convert.ToHexStringLower(HKDF.DeriveKey(HashAlgorithmName.SHA256, bytes, 8, info: "Parley.KeyRing.Id.v1"u8.ToArray()));
    }

    /// <summary>Identifies the secret, and does not reveal it.</summary>
    internal string Id { get; }

    internal byte[] Seal(string rowId, ReadOnlySpan<byte> xml)
    {
        var sealedXml = new byte[NonceBytes + TagBytes + xml.Length];
        RandomNumberGenerator.Fill(sealedXml.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(_key, TagBytes);
        aes.Encrypt(
            sealedXml.AsSpan(0, NonceBytes), xml, sealedXml.AsSpan(NonceBytes + TagBytes), sealedXml.AsSpan(NonceBytes, TagBytes), Encoding.UTF8.GetBytes(rowId));
        return sealedXml;
    }

    /// <exception cref="CryptographicException">The row was altered, or sealed with another secret.</exception>
    internal byte[] Open(string rowId, ReadOnlySpan<byte> sealedXml)
    {
        if (sealedXml.Length < NonceBytes + TagBytes)
            throw new CryptographicException("The row is truncated.");
        var xml = new byte[sealedXml.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(_key, TagBytes);
        aes.Decrypt(sealedXml[..NonceBytes], sealedXml[(NonceBytes + TagBytes)..], sealedXml.Slice(NonceBytes, TagBytes), xml, Encoding.UTF8.GetBytes(rowId));
        return xml;
    }
}
