using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Parley.Phone.Signatures;

/// <summary>
/// <c>X-Plivo-Signature-V3</c>: base64 of HMAC-SHA256, keyed with the auth token, over the address with its sorted query, the sorted form fields without
/// separators, and the nonce (<see href="https://www.plivo.com/docs/voice/concepts/signature-validation">Plivo: Signature validation</see>):
/// <code>
/// https://host/path?[a=1&amp;b=2.][FromToValue…].nonce
/// </code>
/// The header may have several signatures, separated by commas, while a token is replaced.
/// </summary>
internal static class PlivoSignature
{
    internal const string Header = "X-Plivo-Signature-V3", NonceHeader = "X-Plivo-Signature-V3-Nonce";

    private const int MaxSignatures = 4;

    internal static bool IsValid(string authToken, string url, IReadOnlyDictionary<string, StringValues> form, string? nonce, string? signatures)
    {
        if (nonce is not { Length: > 0 and <= 256 } || signatures is not { Length: > 0 and <= 1_024 })
            return false;
        var expected = Compute(authToken, url, form, nonce);
        var isValid = false;
        foreach (var signature in signatures.Split(',', MaxSignatures, StringSplitOptions.TrimEntries))
            isValid |= SignatureText.AreEqual(expected, signature);
        return isValid;
    }

    internal static string Compute(string authToken, string url, IReadOnlyDictionary<string, StringValues> form, string nonce)
    {
        var at = url.IndexOf('?', StringComparison.Ordinal);
        var query = at < 0 ? "" : string.Join('&', Sorted(QueryHelpers.ParseQuery(url[at..])).Select(static pair => $"{pair.Name}={pair.Value}"));
        var text = new StringBuilder(at < 0 ? url : url[..at]);
        if (query.Length > 0 || form.Count > 0)
            text.Append('?').Append(query);
        if (query.Length > 0 && form.Count > 0)
            text.Append('.');
        foreach (var (name, value) in Sorted(form))
            text.Append(name).Append(value);
        text.Append('.').Append(nonce);
        return Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(authToken), Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static IEnumerable<(string Name, string Value)> Sorted(IEnumerable<KeyValuePair<string, StringValues>> fields) =>
        fields.OrderBy(static field => field.Key, StringComparer.Ordinal)
            .SelectMany(static field => field.Value.Select(static value => value ?? "").Order(StringComparer.Ordinal).Select(value => (field.Key, value)));
}
