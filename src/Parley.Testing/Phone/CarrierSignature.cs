using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Parley.Testing.Phone;

/// <summary>The signatures that carriers put on their requests.</summary>
internal static class CarrierSignature
{
    /// <summary>
    /// <c>X-Twilio-Signature</c>: base64 of HMAC-SHA1 over the URL as it was configured and the sorted fields of the form, of which an upgrade has none
    /// (https://www.twilio.com/docs/usage/security#validating-requests).
    /// </summary>
    internal static string Twilio(string authToken, Uri url, IReadOnlyCollection<KeyValuePair<string, string>> form)
    {
#pragma warning disable CA5350 // The carrier's algorithm.
        return Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(authToken), Encoding.UTF8.GetBytes(url.AbsoluteUri + Fields(form))));
#pragma warning restore CA5350
    }

    /// <summary>
    /// <c>X-Plivo-Signature-V3</c>: base64 of HMAC-SHA256 over <c>URL?query.fields.nonce</c>, query and fields sorted; what is empty is left out, with its
    /// separator (https://www.plivo.com/docs/voice/concepts/signature-validation).
    /// </summary>
    internal static string Plivo(string authToken, Uri url, IReadOnlyCollection<KeyValuePair<string, string>> form, string nonce)
    {
        var query = string.Join('&', url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(static pair => pair.Split('=', 2))
            .Select(static pair => (Name: Uri.UnescapeDataString(pair[0]), Value: Uri.UnescapeDataString(pair.ElementAtOrDefault(1) ?? "")))
            .OrderBy(static pair => pair.Name, StringComparer.Ordinal)
            .ThenBy(static pair => pair.Value, StringComparer.Ordinal)
            .Select(static pair => $"{pair.Name}={pair.Value}"));
        var text = url.GetLeftPart(UriPartial.Path)
            + (query.Length > 0 || form.Count > 0 ? "?" : "")
            + query
            + (query.Length > 0 && form.Count > 0 ? "." : "")
            + Fields(form);
        return Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(authToken), Encoding.UTF8.GetBytes($"{text}.{nonce}")));
    }

    /// <summary>
    /// <c>telnyx-signature-ed25519</c>: base64 of the signature over <c>timestamp|body</c>
    /// (https://developers.telnyx.com/docs/voice/programmable-voice/receiving-webhooks).
    /// </summary>
    /// <exception cref="ArgumentException">The key is not 32 bytes in base64.</exception>
    internal static string Telnyx(string privateKey, string timestamp, byte[] body)
    {
        byte[] message = [.. Encoding.UTF8.GetBytes($"{timestamp}|"), .. body];
        var signature = new byte[Ed25519.SignatureSize];
        Ed25519.Sign(TelnyxKey(privateKey), 0, message, 0, message.Length, signature, 0);
        return Convert.ToBase64String(signature);
    }

    /// <summary>The public key of a private one of Telnyx, both in base64.</summary>
    /// <exception cref="ArgumentException">The key is not 32 bytes in base64.</exception>
    internal static string TelnyxPublicKey(string privateKey)
    {
        var publicKey = new byte[Ed25519.PublicKeySize];
        Ed25519.GeneratePublicKey(TelnyxKey(privateKey), 0, publicKey, 0);
        return Convert.ToBase64String(publicKey);
    }

    private static byte[] TelnyxKey(string privateKey)
    {
        var bytes = new byte[Ed25519.SecretKeySize];
        return Convert.TryFromBase64String(privateKey, bytes, out var length) && length == bytes.Length
            ? bytes
            : throw new ArgumentException($"The private key of Telnyx is {bytes.Length} bytes in base64.", nameof(privateKey));
    }

    private static string Fields(IEnumerable<KeyValuePair<string, string>> form) =>
        string.Concat(form.OrderBy(static field => field.Key, StringComparer.Ordinal).Select(static field => field.Key + field.Value));
}
