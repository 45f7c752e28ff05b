using System.Text.Json;

namespace Parley.Server.Wire;

/// <summary>Measures the audio in a message of either side, by the length of its base64. Only for models whose minutes have a price: it reads the whole message.</summary>
internal static class AudioLength
{
    private const int Unknown = -1, BytesPerSample = 2;

    /// <param name="message">The message.</param>
    /// <param name="defaultRateHz">The rate of audio that names none.</param>
    /// <returns>The duration of all audio in it; of a message that is not JSON, what comes before the error.</returns>
    internal static TimeSpan Of(ReadOnlySpan<byte> message, int defaultRateHz)
    {
        var seconds = 0.0;
        var (rateHz, length) = (Unknown, Unknown);
        try
        {
            var reader = new Utf8JsonReader(message);
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.StartObject)
                    (rateHz, length) = (Unknown, Unknown);
                if (reader.TokenType is not JsonTokenType.PropertyName)
                    continue;
                if (reader.ValueTextEquals("mimeType"u8) || reader.ValueTextEquals("mime_type"u8))
                    rateHz = reader.Read() && reader.TokenType is JsonTokenType.String && reader.GetString() is { } type ? RateOf(type, defaultRateHz) : Unknown;
                else if (reader.ValueTextEquals("data"u8))
                    length = reader.Read() && reader.TokenType is JsonTokenType.String ? reader.ValueSpan.Length : Unknown;
                if (rateHz <= 0 || length <= 0)
                    continue;
                seconds += length / 4 * 3 / BytesPerSample / (double)rateHz;
                (rateHz, length) = (Unknown, Unknown);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The message is refused or forwarded elsewhere.
        }
        return TimeSpan.FromSeconds(seconds);
    }

    private static int RateOf(string type, int defaultRateHz)
    {
        if (!type.StartsWith("audio/", StringComparison.OrdinalIgnoreCase))
            return Unknown;
        var at = type.IndexOf("rate=", StringComparison.OrdinalIgnoreCase);
        var digits = at < 0 ? "" : string.Concat(type.AsSpan(at + "rate=".Length).ToArray().TakeWhile(char.IsAsciiDigit));
        return int.TryParse(digits, out var rateHz) && rateHz > 0 ? rateHz : defaultRateHz;
    }
}
