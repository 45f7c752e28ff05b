using System.Text.Json;

namespace Parley.Protocol.Codec;

internal static class FreeJson
{
    /// <summary>
    /// Reads the value the reader stands on. Its escapes are checked now: a lone surrogate would else throw when somebody
    /// reads the text, far from here.
    /// </summary>
    /// <exception cref="InvalidOperationException">An escape in it is no text.</exception>
    internal static JsonElement Read(ref Utf8JsonReader reader)
    {
        var check = reader;
        var value = JsonElement.ParseValue(ref reader);
        CheckEscapes(ref check);
        return value;
    }

    private static void CheckEscapes(ref Utf8JsonReader reader)
    {
        var depth = reader.CurrentDepth;
        do
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                reader.GetString();
        }
        while ((reader.CurrentDepth > depth || reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) && reader.Read());
    }
}
