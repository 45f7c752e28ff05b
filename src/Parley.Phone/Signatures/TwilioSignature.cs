using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace Parley.Phone.Signatures;

/// <summary>
/// <c>X-Twilio-Signature</c>: base64 of HMAC-SHA1, keyed with the auth token, over the address and the sorted form fields, name and value without separators
/// (<see href="https://www.twilio.com/docs/usage/security#validating-requests">Twilio: Validating requests</see>).
/// </summary>
internal static class TwilioSignature
{
    internal const string Header = "X-Twilio-Signature";

    internal static bool IsValid(string authToken, string url, IEnumerable<KeyValuePair<string, StringValues>> form, string? signature) =>
        SignatureText.AreEqual(Compute(authToken, url, form), signature);

    internal static string Compute(string authToken, string url, IEnumerable<KeyValuePair<string, StringValues>> form)
    {
        var text = new StringBuilder(url);
        foreach (var (name, values) in form.OrderBy(static field => field.Key, StringComparer.Ordinal))
        {
            foreach (var value in values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
                text.Append(name).Append(value);
        }
#pragma warning disable CA5350 // Twilio prescribes HMAC-SHA1, which is not broken as a MAC.
        return Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(authToken), Encoding.UTF8.GetBytes(text.ToString())));
#pragma warning restore CA5350
    }
}
