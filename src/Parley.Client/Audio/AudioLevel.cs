using System.Buffers.Binary;

namespace Parley.Client;

/// <summary>Level of a piece of audio in decibels of full scale: 0 is the maximum, <see cref="SilenceDb"/> is silence.</summary>
/// <param name="RmsDb">Mean power, as a level meter shows it.</param>
/// <param name="PeakDb">Peak sample.</param>
public readonly record struct AudioLevel(double RmsDb, double PeakDb)
{
    /// <summary>Lowest level: 16-bit samples have nothing below it.</summary>
    public const double SilenceDb = -96;

    /// <summary>The level of silence.</summary>
    public static AudioLevel Silence { get; } = new(SilenceDb, SilenceDb);

    /// <summary>Measures PCM16 little-endian; an odd byte at the end does not count. Allocates nothing.</summary>
    public static AudioLevel Of(ReadOnlySpan<byte> pcm)
    {
        long squares = 0;
        var peak = 0;
        var samples = pcm.Length / 2;
        for (var i = 0; i < samples; i++)
        {
            int sample = BinaryPrimitives.ReadInt16LittleEndian(pcm[(2 * i)..]);
            squares += (long)sample * sample;
            peak = Math.Max(peak, Math.Abs(sample));
        }
        return peak == 0 ? Silence : new AudioLevel(ToDb(Math.Sqrt((double)squares / samples)), ToDb(peak));
    }

    private static double ToDb(double amplitude) => Math.Max(SilenceDb, 20 * Math.Log10(amplitude / 32_768));
}
