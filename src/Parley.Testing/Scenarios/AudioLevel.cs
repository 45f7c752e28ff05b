using System.Runtime.InteropServices;

namespace Parley.Testing.Scenarios;

/// <summary>Loudness of PCM16.</summary>
internal static class AudioLevel
{
    internal const double Silence = -100;

    /// <summary>RMS in dBFS; <see cref="Silence"/> for digital silence and for no audio.</summary>
    internal static double Db(ReadOnlySpan<byte> pcm) => Db(MemoryMarshal.Cast<byte, short>(pcm));

    /// <inheritdoc cref="Db(ReadOnlySpan{byte})"/>
    internal static double Db(ReadOnlySpan<short> samples)
    {
        double sum = 0;
        foreach (var sample in samples)
            sum += (double)sample * sample;
        return sum == 0 ? Silence : Math.Max(Silence, 10 * Math.Log10(sum / samples.Length / (32768.0 * 32768.0)));
    }
}
