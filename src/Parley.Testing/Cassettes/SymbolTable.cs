using System.Globalization;
using System.Text.RegularExpressions;

namespace Parley.Testing.Cassettes;

/// <summary>
/// Symbols for values that differ in every session: <c>$handle1</c>, <c>$call1</c>, <c>$session1</c>. A value has one symbol in the whole cassette, so that
/// a handle is recognized on the next connection.
/// </summary>
internal sealed partial class SymbolTable
{
    /// <summary>A shorter value may be an ordinary word: it is replaced only where an id is expected.</summary>
    private const int MinLengthAnywhere = 8;

    private readonly Dictionary<string, string> _symbols = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _counts = [];

    /// <summary>The values, by symbol.</summary>
    internal Dictionary<string, string> Values { get; } = new(StringComparer.Ordinal);

    /// <summary>What the string is in the cassette; null = as it is.</summary>
    internal string? Replace(JsonText text)
    {
        if (text.Value.Length == 0)
            return null;
        if (KindOf(text) is { } kind)
            return SymbolOf(kind, text.Value);
        if (text.Value.Length >= MinLengthAnywhere && _symbols.TryGetValue(text.Value, out var known))
            return known;
        return LooksReserved().IsMatch(text.Value) ? "$" + text.Value : null;
    }

    /// <summary>Whether a string of a cassette is a symbol.</summary>
    internal static bool IsSymbol(string text) => text.StartsWith('$') && Symbol().IsMatch(text);

    /// <summary>The string that was recorded, if it only looked like a symbol or a reference.</summary>
    internal static string Unescape(string text) => text.StartsWith("$$", StringComparison.Ordinal) && LooksReserved().IsMatch(text) ? text[1..] : text;

    private static string? KindOf(JsonText text) => text.Name switch
    {
        "newHandle" => "handle",
        "handle" when text.Path.EndsWith("sessionResumption.handle", StringComparison.Ordinal) => "handle",
        "sessionId" when text.Path == "setupComplete.sessionId" => "session",
        "id" when text.Parent is "functionCalls" or "functionResponses" or "functionCall" or "functionResponse" => "call",
        "ids" when text.Path.StartsWith("toolCallCancellation.ids[", StringComparison.Ordinal) => "call",
        _ => null,
    };

    private string SymbolOf(string kind, string value)
    {
        if (_symbols.TryGetValue(value, out var known))
            return known;
        var number = _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
        var symbol = string.Create(CultureInfo.InvariantCulture, $"${kind}{number}");
        _symbols.Add(value, symbol);
        Values.Add(symbol, value);
        return symbol;
    }

    [GeneratedRegex(@"\A\$(handle|call|session)\d{1,9}\z")]
    private static partial Regex Symbol();

    [GeneratedRegex(@"\A\$+(handle|call|session|audio|image|media)[\d:]")]
    private static partial Regex LooksReserved();
}
