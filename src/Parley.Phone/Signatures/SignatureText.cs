using System.Security.Cryptography;
using System.Text;

namespace Parley.Phone.Signatures;

/// <summary>Compares what others sent with what is secret or derived from it.</summary>
internal static class SignatureText
{
    /// <summary>Compares in a time that does not depend on where the texts differ.</summary>
    internal static bool AreEqual(string expected, string? sent) =>
        sent is { Length: > 0 and <= 4_096 } && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(sent));

    /// <summary>As <see cref="AreEqual"/>, for secrets whose length is nobody's business either.</summary>
    internal static bool AreSame(string secret, string? sent) =>
        sent is { Length: > 0 and <= 4_096 }
        && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(secret)), SHA256.HashData(Encoding.UTF8.GetBytes(sent)));
}
