using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Parley.Server.Relay;

/// <summary>
/// The operator's keys, and their removal from what upstreams send: closes, errors, messages. A key is found in any case, and also percent-encoded,
/// escaped as in JSON, or within base64. It is a guard against services that quote the key in their errors; an upstream that wants to pass the key
/// on can encode it in other ways. Safe for use by many threads.
/// </summary>
internal sealed class UpstreamSecrets
{
    internal const string Mask = "***";

    /// <summary>A shorter key is not looked for: it could be an ordinary word, and messages would be changed for no reason.</summary>
    internal const int MinLength = 8;

    /// <summary>Characters that are searched at once.</summary>
    private const int MinPart = 4_096;

    /// <summary>Keys from files change; the older ones may still be valid.</summary>
    private const int MaxKeys = 64;

    private readonly Lock _gate = new();
    private readonly List<string> _keys = [];
    private volatile Forms? _forms;

    /// <summary>Adds a key that is sent to an upstream. Cheap for a known one.</summary>
    internal void Add(string key)
    {
        lock (_gate)
        {
            if (key.Length < MinLength || _keys.Contains(key))
                return;
            if (_keys.Count == MaxKeys)
                _keys.RemoveAt(0);
            _keys.Add(key);
            _forms = new Forms(_keys);
        }
    }

    /// <summary>Whether a message has a key in it. Allocates nothing.</summary>
    internal bool IsIn(ReadOnlySpan<byte> message)
    {
        if (_forms is not { } forms || message.Length < MinLength)
            return false;
        // Keys are ASCII, and byte n becomes character n. One search finds all forms of all keys. A long message is searched in parts that overlap.
        var text = ArrayPool<char>.Shared.Rent(Math.Min(message.Length, Math.Max(MinPart, 4 * forms.Longest)));
        try
        {
            while (true)
            {
                var length = Encoding.Latin1.GetChars(message[..Math.Min(message.Length, text.Length)], text);
                if (text.AsSpan(0, length).ContainsAny(forms.All))
                    return true;
                if (length == message.Length)
                    return false;
                message = message[(length - forms.Longest + 1)..];
            }
        }
        finally
        {
            ArrayPool<char>.Shared.Return(text);
        }
    }

    /// <summary>A copy of the message with <see cref="Mask"/> in place of each key.</summary>
    internal byte[] Redact(ReadOnlySpan<byte> message) =>
        IsIn(message) ? Encoding.Latin1.GetBytes(RedactWhole(Encoding.Latin1.GetString(message))) : message.ToArray();

    /// <summary>The text with <see cref="Mask"/> in place of each key, and of the start of a key at its end: a close reason may be cut there.</summary>
    internal string Redact(string text)
    {
        if (_forms is not { } forms || text.Length < MinLength)
            return text;
        var whole = RedactWhole(text);
        return forms.CutAtEnd(whole) is > 0 and var cut ? whole[..^cut] + Mask : whole;
    }

    private string RedactWhole(string text)
    {
        if (_forms is not { } forms)
            return text;
        StringBuilder? redacted = null;
        var rest = text.AsSpan();
        while (rest.IndexOfAny(forms.All) is >= 0 and var at)
        {
            (redacted ??= new StringBuilder(text.Length)).Append(rest[..at]).Append(Mask);
            rest = rest[(at + forms.LengthAt(rest[at..]))..];
        }
        return redacted is null ? text : redacted.Append(rest).ToString();
    }

    private sealed class Forms
    {
        private readonly string[] _texts;

        internal Forms(IEnumerable<string> keys)
        {
            _texts = [.. keys.SelectMany(Of).Where(static form => form.Length >= MinLength).Distinct(StringComparer.OrdinalIgnoreCase)];
            Longest = _texts.Max(static form => form.Length);
            All = SearchValues.Create(_texts, StringComparison.OrdinalIgnoreCase);
        }

        internal SearchValues<string> All { get; }

        internal int Longest { get; }

        internal int LengthAt(ReadOnlySpan<char> text)
        {
            var longest = 1;
            foreach (var form in _texts)
            {
                if (form.Length > longest && text.StartsWith(form, StringComparison.OrdinalIgnoreCase))
                    longest = form.Length;
            }
            return longest;
        }

        /// <summary>Length of the start of a key with which a text ends.</summary>
        internal int CutAtEnd(string text)
        {
            var longest = 0;
            foreach (var form in _texts)
            {
                for (var length = Math.Min(form.Length - 1, text.Length); length >= MinLength && length > longest; length--)
                {
                    if (text.AsSpan().EndsWith(form.AsSpan(0, length), StringComparison.OrdinalIgnoreCase))
                        longest = length;
                }
            }
            return longest;
        }

        private static IEnumerable<string> Of(string key)
        {
            yield return key;
            yield return Uri.EscapeDataString(key);
            yield return JsonEncodedText.Encode(key).Value;
            yield return key.Replace("/", "\\/", StringComparison.Ordinal);
            yield return EscapeSymbols(key);
            foreach (var base64 in Base64(key))
            {
                yield return base64;
                yield return base64.Replace('+', '-').Replace('/', '_');
                yield return Uri.EscapeDataString(base64);
            }
        }

        // As Google's services write JSON: = and the like as \u003d.
        private static string EscapeSymbols(string key)
        {
            var text = new StringBuilder(key.Length);
            foreach (var character in key)
                text.Append(character is '=' or '+' or '&' or '<' or '>' or '\'' ? $"\\u{(int)character:x4}" : character.ToString());
            return text.ToString();
        }

        // Within a longer text a key starts at one of three offsets; characters that depend on its neighbors are left out.
        private static IEnumerable<string> Base64(string key)
        {
            for (var offset = 0; offset < 3; offset++)
            {
                byte[] bytes = [.. new byte[offset], .. Encoding.UTF8.GetBytes(key)];
                var start = offset == 0 ? 0 : offset + 1;
                yield return Convert.ToBase64String(bytes)[start..(bytes.Length * 8 / 6)];
            }
        }
    }
}
