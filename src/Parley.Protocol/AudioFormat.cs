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

    /// <summary>
    /// Reads the rate of PCM16 mono from a media type such as <c>audio/pcm;rate=16000</c>. Other parameters than <c>rate</c> and <c>channels</c> are ignored;
    /// a server reads the input of its clients with <see cref="TryParseInputRate"/>.
    /// </summary>
    /// <param name="mimeType">The media type.</param>
    /// <param name="defaultRateHz">Rate of <c>audio/pcm</c> without one.</param>
    /// <param name="rateHz">The rate in Hz.</param>
    /// <returns>False if it is not PCM or not mono, or if the rate is out of range.</returns>
    public static bool TryParseRate(ReadOnlySpan<char> mimeType, int defaultRateHz, out int rateHz) =>
        TryParse(mimeType, defaultRateHz, refusesUnknown: false, out rateHz);

    /// <summary>
    /// Reads the rate of <c>realtimeInput.audio</c>. A parameter that is not understood is refused: audio read by guess is noise that nobody can explain.
    /// </summary>
    /// <param name="mimeType">The media type.</param>
    /// <param name="rateHz">The rate in Hz.</param>
    /// <returns>False if the input is not PCM, or has other parameters than <c>rate</c> in range and <c>channels=1</c>.</returns>
    public static bool TryParseInputRate(ReadOnlySpan<char> mimeType, out int rateHz) => TryParse(mimeType, InputRateHz, refusesUnknown: true, out rateHz);

    private static bool TryParse(ReadOnlySpan<char> mimeType, int defaultRateHz, bool refusesUnknown, out int rateHz)
    {
        rateHz = defaultRateHz;
        var type = new MediaType(mimeType);
        if (!type.Is("audio/pcm") && !type.Is("audio/l16"))
            return false;
        bool hasRate = false, hasChannels = false;
        foreach (var (name, value) in type.Parameters)
        {
            if (name.Equals("rate", StringComparison.OrdinalIgnoreCase))
            {
                if (hasRate || !TryParse(value, out rateHz) || rateHz is < MinRateHz or > MaxRateHz)
                    return false;
                hasRate = true;
            }
            else if (name.Equals("channels", StringComparison.OrdinalIgnoreCase))
            {
                if (hasChannels || !TryParse(value, out var channels) || channels != 1)
                    return false;
                hasChannels = true;
            }
            else if (refusesUnknown)
            {
                return false;
            }
        }
        return true;
    }

    private static bool TryParse(ReadOnlySpan<char> value, out int number) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
