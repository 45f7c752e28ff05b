using System.Text.Json;

namespace Parley.Assistant.Functions;

/// <summary>Reads a JSON object inside a text: braces are matched outside strings, then the object is parsed.</summary>
internal static class JsonInText
{
    private static readonly JsonDocumentOptions Options = new()
    {
        AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 64,
    };

    /// <summary>
    /// Returns the members of the object, or null if the text from <paramref name="start"/> (a brace) is not a valid object. The text after it
    /// begins at <paramref name="end"/>, which is directly after the opening brace if the object never ends.
    /// </summary>
    public static Dictionary<string, object?>? Read(string text, int start, out int end)
    {
        end = EndOf(text, start);
        if (end < 0)
        {
            end = start + 1;
            return null;
        }
        try
        {
            using var document = JsonDocument.Parse(text.AsMemory(start, end - start), Options);
            var members = new Dictionary<string, object?>(StringComparer.Ordinal);
            foreach (var member in document.RootElement.EnumerateObject())
                members[member.Name] = member.Value.Clone();
            return members;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a member name with an escaped lone surrogate.
            return null;
        }
    }

    private static int EndOf(string text, int start)
    {
        var depth = 0;
        var inString = false;
        for (var i = start; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\\' when inString:
                    i++;
                    break;
                case '"':
                    inString = !inString;
                    break;
                case '{' when !inString:
                    depth++;
                    break;
                case '}' when !inString && --depth == 0:
                    return i + 1;
            }
        }
        return -1;
    }
}
