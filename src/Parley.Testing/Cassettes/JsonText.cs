using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Parley.Testing.Cassettes;

/// <summary>A string value of a message.</summary>
/// <param name="Path">Where it is, in camelCase: <c>toolCall.functionCalls[0].id</c>.</param>
/// <param name="Name">Name of its member; that of the array for an element.</param>
/// <param name="Parent">Name of the member that holds its object; empty for an element of an array.</param>
/// <param name="Object">Number of its object in the message.</param>
/// <param name="Start">Position of its opening quote.</param>
/// <param name="Length">Its length in bytes, quotes included.</param>
/// <param name="Value">The string.</param>
internal sealed record JsonText(string Path, string Name, string Parent, int Object, int Start, int Length, string Value)
{
    private static readonly JsonReaderOptions Deep = new() { MaxDepth = 256 };

    /// <summary>The string values of a message in order; null if it is not one JSON object.</summary>
    internal static List<JsonText>? Find(ReadOnlySpan<byte> message)
    {
        var found = new List<JsonText>();
        var levels = new Stack<Level>();
        var objects = 0;
        var name = "";
        try
        {
            var reader = new Utf8JsonReader(message, Deep);
            while (reader.Read())
            {
                var level = levels.TryPeek(out var top) ? top : null;
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        name = CamelCase(reader.GetString()!);
                        continue;
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        if (level is null && reader.TokenType == JsonTokenType.StartArray)
                            return null;
                        levels.Push(new Level(level?.PathOf(name) ?? "", level?.NameOf(name) ?? "", reader.TokenType == JsonTokenType.StartArray, ++objects));
                        break;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        levels.Pop();
                        if (levels.TryPeek(out var outer))
                            outer.Index++;
                        continue;
                    case JsonTokenType.String when level is not null:
                        // The raw span has no quotes.
                        var length = reader.ValueSpan.Length + 2;
                        found.Add(new JsonText(
                            level.PathOf(name), level.NameOf(name), level.IsArray ? "" : level.Name, level.Object, (int)reader.TokenStartIndex, length, reader.GetString()!));
                        break;
                    default:
                        if (level is null)
                            return null;
                        break;
                }
                if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray) && level is not null)
                    level.Index++;
            }
            return objects == 0 ? null : found;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Replaces string values and leaves every other byte as it is.</summary>
    /// <param name="message">The message.</param>
    /// <param name="texts">Its strings.</param>
    /// <param name="replace">The new value; null leaves it.</param>
    internal static byte[] Replace(ReadOnlySpan<byte> message, IReadOnlyList<JsonText> texts, Func<JsonText, string?> replace)
    {
        var output = new ArrayBufferWriter<byte>(message.Length);
        var at = 0;
        foreach (var text in texts)
        {
            if (replace(text) is not { } value)
                continue;
            output.Write(message[at..text.Start]);
            output.Write("\""u8);
            output.Write(JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
            output.Write("\""u8);
            at = text.Start + text.Length;
        }
        output.Write(message[at..]);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>A name in camelCase: proto3 JSON has both spellings.</summary>
    internal static string CamelCase(string name)
    {
        if (!name.Contains('_', StringComparison.Ordinal))
            return name;
        var camel = new StringBuilder(name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] == '_' && i > 0 && i + 1 < name.Length && char.IsAsciiLetterLower(name[i + 1]))
                camel.Append(char.ToUpperInvariant(name[++i]));
            else
                camel.Append(name[i]);
        }
        return camel.ToString();
    }

    private sealed class Level(string path, string name, bool isArray, int number)
    {
        internal bool IsArray => isArray;

        internal string Name => name;

        internal int Object => number;

        internal int Index { get; set; }

        internal string PathOf(string member) =>
            isArray ? string.Create(CultureInfo.InvariantCulture, $"{path}[{Index}]") : path.Length == 0 ? member : $"{path}.{member}";

        internal string NameOf(string member) => isArray ? name : member;
    }
}
