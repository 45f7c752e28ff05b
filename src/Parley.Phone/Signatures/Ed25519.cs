using Rfc8032 = Org.BouncyCastle.Math.EC.Rfc8032.Ed25519;

namespace Parley.Phone.Signatures;

/// <summary>Verifies Ed25519 signatures (<see href="https://www.rfc-editor.org/rfc/rfc8032">RFC 8032</see>), which .NET does not.</summary>
internal static class Ed25519
{
    internal const int KeyBytes = 32, SignatureBytes = 64;

    /// <summary>Whether the bytes are a public key.</summary>
    internal static bool IsKey(byte[] publicKey) => publicKey.Length == KeyBytes && Rfc8032.ValidatePublicKeyFull(publicKey, 0);

    /// <summary>Whether a signature is valid.</summary>
    internal static bool IsValid(byte[] publicKey, byte[] message, byte[] signature) =>
        publicKey.Length == KeyBytes && signature.Length == SignatureBytes && Rfc8032.Verify(signature, 0, publicKey, 0, message, 0, message.Length);
}
