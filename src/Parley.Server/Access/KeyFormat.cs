using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Parley.Server.Access;

/// <summary>
/// How keys look: <c>parley_</c>, twelve characters of id, forty-three of secret (256 bits), six of checksum, all of them letters and
/// digits. The prefix and the checksum let scanners of source code find a leaked key without a false alarm, and let the server refuse a
/// mistyped one without a look into its store.
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

    /// <summary>Whether this could be one of our keys; its id then.</summary>
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

    /// <summary>What is stored of a key. A fast hash will do: there is nothing to guess in 256 random bits.</summary>
    internal static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private static string Checksum(string body)
    {
        // CRC-32C: against typing and false alarms, not against anybody.
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
