using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Parley.Server.Access;

/// <summary>
/// Issues and opens token names: id and expiry, encrypted and authenticated by Data Protection. A name that opens was issued here and not altered, so an
/// invented one costs no store access, and an expired one is recognized even after it was deleted.
/// </summary>
internal sealed class TokenSeal(ISecretStore secrets)
{
    internal const string Prefix = "auth_tokens/";
    private const int IdBytes = 16, BodyBytes = IdBytes + sizeof(long);

    // Twice the length that Data Protection produces today; a longer name was not issued here, and is not worth decoding.
    private const int MaxCharacters = 512;

    private readonly IDataProtector _protector = secrets.Protection.CreateProtector("Parley.Tokens", "v1");

    internal static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));

    internal string Issue(string id, DateTimeOffset expires)
    {
        var body = new byte[BodyBytes];
        Convert.FromHexString(id, body, out _, out _);
        BinaryPrimitives.WriteInt64BigEndian(body.AsSpan(IdBytes), expires.ToUnixTimeMilliseconds());
        return Prefix + Base64Url.EncodeToString(_protector.Protect(body));
    }

    internal bool TryOpen(string name, out string id, out DateTimeOffset expires)
    {
        (id, expires) = ("", default);
        if (name.Length > MaxCharacters || !name.StartsWith(Prefix, StringComparison.Ordinal) || !Base64Url.IsValid(name.AsSpan(Prefix.Length)))
            return false;
        byte[] body;
        try
        {
            body = _protector.Unprotect(Base64Url.DecodeFromChars(name.AsSpan(Prefix.Length)));
        }
        catch (CryptographicException)
        {
            return false;
        }
        if (body.Length != BodyBytes)
            return false;
        id = Convert.ToHexStringLower(body.AsSpan(0, IdBytes));
        expires = DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(body.AsSpan(IdBytes)));
        return true;
    }
}
