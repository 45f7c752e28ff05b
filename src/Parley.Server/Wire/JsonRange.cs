using System.Text.Json;

namespace Parley.Server.Wire;

/// <summary>Positions of JSON values in a message.</summary>
internal static class JsonRange
{
    /// <summary>The value after the property name at which the reader is; moves the reader to the end of the value.</summary>
    internal static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> message, scoped ref Utf8JsonReader reader)
    {
        var range = Of(ref reader);
        return message[range];
    }

    /// <inheritdoc cref="Value"/>
    internal static Range Of(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return start..(int)reader.BytesConsumed;
    }
}
