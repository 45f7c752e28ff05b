using System.Globalization;

namespace Parley.Protocol;

/// <summary>Rates and media types of live audio (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#23-media-encodings">protocol 2.3</see>): PCM16 little-endian mono.</summary>
public static class AudioFormat
{
    /// <summary>Native rate of input, also of <c>audio/pcm</c> without a rate.</summary>
    public const int InputRateHz = 16_000;

    /// <summary>Rate of all output.</summary>
    public const int OutputRateHz = 24_000;

    /// <summary>Lowest and highest rate accepted in a media type; a rate beyond them is taken for a mistake.</summary>
    public const int MinRateHz = 4_000, MaxRateHz = 192_000;

    /// <summary>Media type of output.</summary>
    public const string OutputMimeType = "audio/pcm;rate=24000";

    /// <summary>Media type of input at a rate in Hz.</summary>
    public static string MimeType(int rateHz) => string.Create(CultureInfo.InvariantCulture, $"audio/pcm;rate={rateHz}");

    /// <summary>Reads the rate of a media type such as <c>audio/pcm;rate=16000</c>; false if it is not PCM or the rate is out of range.</summary>
    /// <param name="mimeType">The media type.</param>
    /// <param name="defaultRateHz">Rate of <c>audio/pcm</c> without one.</param>
    /// <param name="rateHz">The rate in Hz.</param>
    public static bool TryParseRate(ReadOnlySpan<char> mimeType, int defaultRateHz, out int rateHz)
    {
        rateHz = defaultRateHz;
        var parts = mimeType;
        var semicolon = parts.IndexOf(';');
        var type = (semicolon < 0 ? parts : parts[..semicolon]).Trim();
        if (!type.Equals("audio/pcm", StringComparison.OrdinalIgnoreCase) && !type.Equals("audio/l16", StringComparison.OrdinalIgnoreCase))
            return false;
        while (semicolon >= 0)
        {
            parts = parts[(semicolon + 1)..];
            semicolon = parts.IndexOf(';');
            var parameter = (semicolon < 0 ? parts : parts[..semicolon]).Trim();
            if (!parameter.StartsWith("rate=", StringComparison.OrdinalIgnoreCase))
                continue;
            if (!int.TryParse(parameter[5..], NumberStyles.None, CultureInfo.InvariantCulture, out rateHz) || rateHz is < MinRateHz or > MaxRateHz)
                return false;
        }
        return true;
    }
}
