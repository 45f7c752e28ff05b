using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Parley.Server.Access;

/// <summary>
/// Format of virtual keys: <c>parley_</c>, then 12 characters of id, 43 of secret (256 bits) and 6 of checksum, all letters and digits. Prefix and
/// checksum let secret scanners find leaked keys without false positives, and let the server refuse a mistyped key without a store access.
/// </summary>
internal static class KeyFormat
{
    internal const string Prefix = "parley_";
    internal const int IdLength = 12;
    private const int SecretLength = 43, ChecksumLength = 6;
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    internal static string NewId() => RandomNumberGenerator.GetString(Alphabet, IdLength);

    internal static string NewSecret(string id)
    {
        var body = Prefix + id + RandomNumberGenerator.GetString(Alphabet, SecretLength);
        return body + Checksum(body);
    }

    /// <summary>Whether a text has the format of a virtual key; returns its id.</summary>
    internal static bool TryGetId(string key, out string id)
    {
        id = "";
        if (key.Length != Prefix.Length + IdLength + SecretLength + ChecksumLength || !key.StartsWith(Prefix, StringComparison.Ordinal))
            return false;
        if (!Checksum(key[..^ChecksumLength]).AsSpan().SequenceEqual(key.AsSpan(key.Length - ChecksumLength)))
            return false;
        id = key.Substring(Prefix.Length, IdLength);
        return true;
    }

    /// <summary>The hash that is stored. A fast hash is sufficient: 256 random bits cannot be guessed.</summary>
    internal static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private static string Checksum(string body)
    {
        // CRC-32C: against typos and false positives, not against attackers.
        var value = uint.MaxValue;
        foreach (var character in body)
            value = BitOperations.Crc32C(value, (byte)character);
        value = ~value;
        Span<char> text = stackalloc char[ChecksumLength];
        for (var i = ChecksumLength - 1; i >= 0; i--)
        {
            text[i] = Alphabet[(int)(value % (uint)Alphabet.Length)];
            value /= (uint)Alphabet.Length;
        }
        return new string(text);
    }
}
