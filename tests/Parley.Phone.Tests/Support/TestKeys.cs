using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Parley.Phone.Tests.Support;

/// <summary>Signs as the carriers do.</summary>
internal static class TestKeys
{
    public const string TwilioToken = "twilio-auth-token", PlivoToken = "plivo-auth-token";

    private static readonly byte[] Seed = SHA256.HashData("the key of the tests"u8);

    /// <summary>Public key of "Telnyx".</summary>
    public static string TelnyxKey { get; } = PublicKey();

    /// <summary>Signs a body as Telnyx does.</summary>
    public static string Telnyx(string body, long timestamp)
    {
        var message = Encoding.UTF8.GetBytes($"{timestamp}|{body}");
        var signature = new byte[Ed25519.SignatureSize];
        Ed25519.Sign(Seed, 0, message, 0, message.Length, signature, 0);
        return Convert.ToBase64String(signature);
    }

    private static string PublicKey()
    {
        var key = new byte[Ed25519.PublicKeySize];
        Ed25519.GeneratePublicKey(Seed, 0, key, 0);
        return Convert.ToBase64String(key);
    }
}
