using System.Text.Json;

namespace Parley.Server.Wire;

/// <summary>Where values lie in a message.</summary>
internal static class JsonRange
{
    /// <summary>The bytes of the value behind the name the reader stands on; it stands on the value's end then.</summary>
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
