using System.Text.Json;

namespace Parley.Protocol.Codec;

internal static class FreeJson
{
    /// <summary>
    /// Reads the current value. Escapes are checked here: otherwise a lone surrogate would throw when the text is
    /// read, far from here. Values are counted before memory is allocated for them.
    /// </summary>
    /// <exception cref="InvalidOperationException">An escape is not valid text.</exception>
    /// <exception cref="LiveProtocolException">The message holds too many values.</exception>
    internal static JsonElement Read(ref Utf8JsonReader reader, DecodeContext context)
    {
        var check = reader;
        Check(ref check, context);
        return JsonElement.ParseValue(ref reader);
    }

    private static void Check(ref Utf8JsonReader reader, DecodeContext context)
    {
        var depth = reader.CurrentDepth;
        do
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                reader.GetString();
            context.CountFreeValue();
        }
        while ((reader.CurrentDepth > depth || reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) && reader.Read());
    }
}
