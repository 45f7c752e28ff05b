namespace Parley.Audio;

/// <summary>
/// The rate of a mono PCM16 stream, and the arithmetic between its bytes, its samples and its time. Results are rounded
/// to the nearest sample or tick, so a sample count converted to a <see cref="TimeSpan"/> and back is unchanged.
/// </summary>
/// <param name="SampleRateHz">Samples per second; must be positive before any of the members is used.</param>
public readonly record struct PcmFormat(int SampleRateHz)
{
    /// <summary>16 kHz: the input of recognizers and activity detectors.</summary>
    public static PcmFormat Hz16000 { get; } = new(16_000);

    /// <summary>24 kHz: the output of synthesizers.</summary>
    public static PcmFormat Hz24000 { get; } = new(24_000);

    /// <summary>Bytes of one second.</summary>
    public int BytesPerSecond => SampleRateHz * Pcm.BytesPerSample;

    /// <summary>The samples that last <paramref name="duration"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="duration"/> is negative.</exception>
    public long SamplesIn(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.Zero);
        return (long)((((Int128)duration.Ticks * SampleRateHz) + (TimeSpan.TicksPerSecond / 2)) / TimeSpan.TicksPerSecond);
    }

    /// <summary>The bytes that last <paramref name="duration"/>; always even.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="duration"/> is negative.</exception>
    public long BytesIn(TimeSpan duration) => SamplesIn(duration) * Pcm.BytesPerSample;

    /// <summary>How long <paramref name="samples"/> samples last.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="samples"/> is negative.</exception>
    public TimeSpan DurationOf(long samples)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(samples);
        return new TimeSpan((long)((((Int128)samples * TimeSpan.TicksPerSecond) + (SampleRateHz / 2)) / SampleRateHz));
    }

    /// <summary>How long <paramref name="bytes"/> bytes last; an odd byte at the end does not count.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bytes"/> is negative.</exception>
    public TimeSpan DurationOfBytes(long bytes) => DurationOf(bytes / Pcm.BytesPerSample);
}
