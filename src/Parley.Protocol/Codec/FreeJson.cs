using System.Text.Json;

namespace Parley.Protocol.Codec;

internal static class FreeJson
{
    /// <summary>
    /// Reads the current value. Escapes are checked here: otherwise a lone surrogate would throw when the text is
    /// read, far from here.
    /// </summary>
    /// <exception cref="InvalidOperationException">An escape is not valid text.</exception>
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
