namespace Parley.Speech.Tests;

/// <summary>
/// A synthetic speaker: syllables of random vowels on a gliding pitch, with pauses between words. 16 kHz.
/// </summary>
internal static class Talker
{
    private const int Rate = 16_000;

    internal static short[] Speak(int seed, double seconds, double rms = 1_500)
    {
        var random = new Random(seed);
        var samples = new double[(int)(seconds * Rate)];
        var pitch = 90 + (random.NextDouble() * 130);
        var phase = 0.0;
        for (var at = 0; at < samples.Length;)
        {
            var length = (int)(Rate * (0.1 + (random.NextDouble() * 0.16)));
            if (random.Next(5) > 0)
                Syllable(samples.AsSpan(at, Math.Min(length, samples.Length - at)), random, ref pitch, ref phase);
            at += length;
        }
        var scale = rms / Math.Sqrt(samples.Average(s => s * s));
        return [.. samples.Select(s => (short)Math.Clamp(s * scale, short.MinValue, short.MaxValue))];
    }

    private static void Syllable(Span<double> samples, Random random, ref double pitch, ref double phase)
    {
        var glide = 1 + ((random.NextDouble() - 0.5) * 0.4 / Math.Max(1, samples.Length));
        double first = 250 + (random.NextDouble() * 600), second = 900 + (random.NextDouble() * 1_700);
        var (a, b) = (new Resonator(first), new Resonator(second));
        for (var i = 0; i < samples.Length; i++)
        {
            pitch = Math.Clamp(pitch * glide, 80, 260);
            phase += pitch / Rate;
            var pulse = phase >= 1 ? 1.0 : 0;
            phase -= Math.Floor(phase);
            var excitation = pulse + ((random.NextDouble() - 0.5) * 0.02);
            var envelope = Math.Sin(Math.PI * (i + 0.5) / samples.Length);
            samples[i] = envelope * (a.Process(excitation) + (0.6 * b.Process(excitation)));
        }
    }

    private sealed class Resonator(double frequency)
    {
        private const double Radius = 0.97;

        private readonly double _b1 = 2 * Radius * Math.Cos(Math.Tau * frequency / Rate);
        private double _y1;
        private double _y2;

        internal double Process(double x)
        {
            var y = x + (_b1 * _y1) - (Radius * Radius * _y2);
            (_y2, _y1) = (_y1, y);
            return y;
        }
    }
}
