namespace Parley.Client.Ending;

/// <summary>
/// What a server says about JSON that it does not take, possibly cut anywhere:
/// <code>
/// Invalid JSON payload received. Unknown name "foo" at 'setup.tools[0]': Cannot find field.
/// Invalid JSON payload received. Unknown name "response" at 'tool_response.function_responses[0]': Proto field is not repeating, cannot start list.
/// Invalid value at 'setup.tools[0].function_declarations[0].parameters.properties[0].value.type' (type.googleapis.com/…), "STRNG"
/// Invalid value at 'setup.labels' (Map), Cannot bind a list to map for field 'labels'.
/// Invalid value at 'message' (oneof), oneof field 'message' is already set. Cannot set 'clientContent'
/// </code>
/// Only the beginning of a text is compared, because the rest repeats what the client sent, which may be any words.
/// </summary>
/// <param name="Path">Path of the field; empty if the text names none.</param>
/// <param name="IsUnknownName">Whether the server does not know the field; otherwise it does not take the value.</param>
internal readonly record struct JsonError(string Path, bool IsUnknownName)
{
    private const string InvalidPayload = "Invalid JSON payload received.", InvalidValue = "Invalid value";
    private const string UnknownName = InvalidPayload + " Unknown name \"", At = " at '", List = ": Proto field is not repeating, cannot start list.";

    /// <summary>Null for other texts.</summary>
    internal static JsonError? TryRead(string reason)
    {
        if (reason.StartsWith(UnknownName, StringComparison.Ordinal))
            return ReadUnknownName(reason[UnknownName.Length..]);
        if (reason.StartsWith(InvalidPayload, StringComparison.Ordinal))
            return new JsonError("", false);
        return reason.StartsWith(InvalidValue, StringComparison.Ordinal) ? ReadInvalidValue(reason[InvalidValue.Length..]) : null;
    }

    private static JsonError ReadUnknownName(string text)
    {
        var at = text.IndexOf('"' + At, StringComparison.Ordinal);
        var colon = text.IndexOf("\":", StringComparison.Ordinal);
        if (at < 0 || (colon >= 0 && colon < at))
        {
            var (name, rest) = colon >= 0 ? (text[..colon], text[(colon + 1)..]) : (text.Split('"')[0], "");
            return new JsonError(name, !IsList(rest));
        }
        var (path, after) = Quoted(text[(at + 1 + At.Length)..]);
        return new JsonError(Join(path, text[..at]), !IsList(after));
    }

    private static JsonError ReadInvalidValue(string text)
    {
        if (!text.StartsWith(At, StringComparison.Ordinal))
            return new JsonError(SecondMember(text), false);
        var (path, after) = Quoted(text[At.Length..]);
        return new JsonError(Join(path, SecondMember(after)), false);
    }

    // " (oneof), oneof field 'kind' is already set. Cannot set 'name'": the field is the second one.
    private static string SecondMember(string text)
    {
        const string CannotSet = "Cannot set '";
        var at = text.StartsWith(" (oneof)", StringComparison.Ordinal) ? text.LastIndexOf(CannotSet, StringComparison.Ordinal) : -1;
        return at < 0 ? "" : Quoted(text[(at + CannotSet.Length)..]).Value;
    }

    private static (string Value, string After) Quoted(string text)
    {
        var end = text.IndexOf('\'', StringComparison.Ordinal);
        return end < 0 ? (text, "") : (text[..end], text[(end + 1)..]);
    }

    // The text may be cut within these words, but not before the first of them.
    private static bool IsList(string text) => text.Length > 2 && (List.StartsWith(text, StringComparison.Ordinal) || text.StartsWith(List[..^1], StringComparison.Ordinal));

    private static string Join(string path, string name) => path.Length == 0 ? name : name.Length == 0 ? path : $"{path}.{name}";
}
