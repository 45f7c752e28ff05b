using CsCheck;

namespace Parley.Speech.Tests;

/// <summary>Synthetic signals, and their measurement.</summary>
internal static class Signals
{
    public static readonly Gen<short[]> AnySamples = Gen.Short.Array[0, 4_000];

    public static short[] Sine(double frequency, int rate, int samples, double amplitude = 16_000) =>
        [.. Enumerable.Range(0, samples).Select(i => (short)Math.Round(amplitude * Math.Sin(2 * Math.PI * frequency * i / rate)))];

    public static short[] Silence(int milliseconds, int rate = 16_000) => new short[rate / 1_000 * milliseconds];

    public static short[] Noise(int milliseconds, double amplitude, int seed = 1, int rate = 16_000)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, rate / 1_000 * milliseconds).Select(_ => (short)((random.NextDouble() - 0.5) * 2 * amplitude))];
    }

    /// <summary>A voice-like buzz: harmonics of 120 Hz that swell and fall four times a second.</summary>
    public static short[] Voice(int milliseconds, double amplitude = 6_000, int rate = 16_000) =>
    [
        .. Enumerable.Range(0, rate / 1_000 * milliseconds).Select(i =>
        {
            var t = (double)i / rate;
            var buzz = Enumerable.Range(1, 12).Sum(h => Math.Sin(2 * Math.PI * 120 * h * t) / h);
            return (short)(amplitude * buzz / 2 * (0.55 + (0.45 * Math.Sin(2 * Math.PI * 4 * t))));
        }),
    ];

    public static short[] Mix(short[] a, short[] b) => [.. a.Zip(b, (x, y) => (short)Math.Clamp(x + y, short.MinValue, short.MaxValue))];

    public static double Rms(ReadOnlySpan<short> samples)
    {
        double sum = 0;
        foreach (var sample in samples)
            sum += (double)sample * sample;
        return Math.Sqrt(sum / Math.Max(1, samples.Length));
    }

    /// <summary>Returns the signal-to-noise ratio of a sine of known frequency, in dB.</summary>
    public static double SignalToNoise(ReadOnlySpan<short> samples, double frequency, int rate)
    {
        double ss = 0, cc = 0, sc = 0, ys = 0, yc = 0;
        for (var i = 0; i < samples.Length; i++)
        {
            var (s, c) = Math.SinCos(2 * Math.PI * frequency * i / rate);
            (ss, cc, sc, ys, yc) = (ss + (s * s), cc + (c * c), sc + (s * c), ys + (samples[i] * s), yc + (samples[i] * c));
        }
        var determinant = (ss * cc) - (sc * sc);
        var (a, b) = (((ys * cc) - (yc * sc)) / determinant, ((yc * ss) - (ys * sc)) / determinant);

        double signal = 0, rest = 0;
        for (var i = 0; i < samples.Length; i++)
        {
            var (s, c) = Math.SinCos(2 * Math.PI * frequency * i / rate);
            var fit = (a * s) + (b * c);
            signal += fit * fit;
            rest += (samples[i] - fit) * (samples[i] - fit);
        }
        return 10 * Math.Log10(signal / Math.Max(rest, 1e-9));
    }
}
