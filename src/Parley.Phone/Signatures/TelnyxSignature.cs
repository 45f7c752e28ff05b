using System.Globalization;
using System.Text;

namespace Parley.Phone.Signatures;

/// <summary>
/// <c>telnyx-signature-ed25519</c>: base64 of the Ed25519 signature over <c>timestamp|body</c>, with the time in seconds in <c>telnyx-timestamp</c>
/// (<see href="https://developers.telnyx.com/docs/voice/programmable-voice/receiving-webhooks">Telnyx: Receiving webhooks</see>).
/// </summary>
internal static class TelnyxSignature
{
    internal const string Header = "telnyx-signature-ed25519", TimestampHeader = "telnyx-timestamp";

    internal static bool IsValid(byte[] publicKey, ReadOnlySpan<byte> body, string? timestamp, string? signature, DateTimeOffset now, TimeSpan tolerance)
    {
        // The cheap checks first: the signature costs a millisecond or two.
        if (timestamp is not { Length: > 0 and <= 20 } || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs(now.ToUnixTimeSeconds() - (double)seconds) > tolerance.TotalSeconds)
        {
            return false;
        }
        var bytes = new byte[Ed25519.SignatureBytes];
        if (signature is not { Length: > 0 and <= 128 } || !Convert.TryFromBase64String(signature, bytes, out var length) || length != bytes.Length)
            return false;
        return Ed25519.IsValid(publicKey, [.. Encoding.UTF8.GetBytes(timestamp), (byte)'|', .. body], bytes);
    }
}
