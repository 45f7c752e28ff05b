using System.Text;

namespace Parley.Phone.Carriers;

/// <summary>Parameters in the forms in which the carriers return them.</summary>
internal static class StreamParameters
{
    /// <summary>Name of the token among the parameters.</summary>
    internal const string Token = "token";

    internal const string From = "from", To = "to", Direction = "direction", Outbound = "outbound";

    private const string HeaderPrefix = "X-PH-";

    // What Plivo takes in extraHeaders: at most 512 bytes. client_state of Telnyx is shorter than this too.
    private const int MaxText = 4_096;

    /// <summary>Reads Plivo's <c>extra_headers</c>: <c>a=1;b=2</c>, and the form <c>{X-PH-a: 1, X-PH-b: 2}</c> of its servers.</summary>
    internal static void ReadHeaders(string? text, StreamStart start)
    {
        if (text is not { Length: > 0 and <= MaxText })
            return;
        foreach (var pair in text.Trim('{', '}', ' ').Split([';', ','], StreamStart.MaxParameters, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var at = pair.IndexOfAny(['=', ':']);
            if (at <= 0)
                continue;
            var name = pair[..at].Trim(' ', '"', '\'');
            if (name.StartsWith(HeaderPrefix, StringComparison.OrdinalIgnoreCase))
                name = name[HeaderPrefix.Length..];
            start.Add(name, Uri.UnescapeDataString(pair[(at + 1)..].Trim(' ', '"', '\'')));
        }
    }

    /// <summary>Writes them as <c>extraHeaders</c>.</summary>
    internal static string WriteHeaders(IEnumerable<KeyValuePair<string, string>> parameters) =>
        string.Join(';', parameters.Select(static pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}"));

    /// <summary>Reads Telnyx's <c>client_state</c>: base64 of a query string. One that others have set is ignored.</summary>
    internal static void ReadState(string? state, StreamStart start)
    {
        var bytes = new byte[MaxText];
        if (state is not { Length: > 0 and <= MaxText } || !Convert.TryFromBase64String(state, bytes, out var length))
            return;
        foreach (var pair in Encoding.UTF8.GetString(bytes, 0, length).Split('&', StreamStart.MaxParameters))
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            if (at > 0)
                start.Add(Uri.UnescapeDataString(pair[..at]), Uri.UnescapeDataString(pair[(at + 1)..]));
        }
    }

    /// <summary>Writes them as <c>client_state</c>.</summary>
    internal static string WriteState(IEnumerable<KeyValuePair<string, string>> parameters) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Join('&', parameters.Select(static pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"))));
}
