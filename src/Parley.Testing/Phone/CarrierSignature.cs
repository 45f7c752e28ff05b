using System.Security.Cryptography;
using System.Text;

namespace Parley.Testing.Phone;

/// <summary>The signatures that carriers put on an upgrade request.</summary>
internal static class CarrierSignature
{
    /// <summary>
    /// <c>X-Twilio-Signature</c>: base64 of HMAC-SHA1 over the URL as it was configured, followed by the parameters of the body, of which an upgrade has none
    /// (https://www.twilio.com/docs/usage/security#validating-requests).
    /// </summary>
    internal static string Twilio(string authToken, Uri url)
    {
#pragma warning disable CA5350 // The carrier's algorithm.
        return Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(authToken), Encoding.UTF8.GetBytes(url.AbsoluteUri)));
#pragma warning restore CA5350
    }

    /// <summary>
    /// <c>X-Plivo-Signature-V3</c> of a GET: base64 of HMAC-SHA256 over URL, sorted query, a dot and the nonce
    /// (https://www.plivo.com/docs/voice/concepts/signature-validation).
    /// </summary>
    internal static string Plivo(string authToken, Uri url, string nonce)
    {
        var text = url.AbsoluteUri;
        if (text.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at)
        {
            var query = string.Join('&', text[(at + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries)
                .Select(static pair => pair.Split('=', 2))
                .Select(static pair => (Name: Uri.UnescapeDataString(pair[0]), Value: Uri.UnescapeDataString(pair.ElementAtOrDefault(1) ?? "")))
                .OrderBy(static pair => pair.Name, StringComparer.Ordinal)
                .ThenBy(static pair => pair.Value, StringComparer.Ordinal)
                .Select(static pair => $"{pair.Name}={pair.Value}"));
            text = query.Length > 0 ? $"{text[..at]}?{query}" : text[..at];
        }
        return Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(authToken), Encoding.UTF8.GetBytes($"{text}.{nonce}")));
    }
}
