namespace Parley.Speech.Synthesis;

/// <summary>
/// Loudness of speech by ITU-R BS.1770-4, one channel: filtered as the ear hears (K-weighting), measured in overlapping blocks of 400 ms;
/// silence and pauses do not count. In LUFS; a sine of 997 Hz at full scale has -3.01.
/// </summary>
internal static class SpeechLoudness
{
    /// <summary>The loudness that all voices are brought to.</summary>
    public const double Target = -21;

    private const double AbsoluteGate = -70;
    private const double RelativeGate = -10;

    // Full scale in the definition is a stereo pair; this offset makes the sine of 997 Hz in one channel -3.01.
    private const double Offset = -0.691;

    /// <summary>Measures a recording.</summary>
    /// <returns>LUFS; negative infinity for silence.</returns>
    public static double Of(ReadOnlySpan<short> samples, int rateHz)
    {
        var blocks = Blocks(samples, rateHz);
        var audible = blocks.Where(static block => ToLufs(block) > AbsoluteGate).ToList();
        if (audible.Count == 0)
            return double.NegativeInfinity;
        var gate = ToLufs(audible.Average()) + RelativeGate;
        return ToLufs(audible.Where(block => ToLufs(block) > gate).Average());
    }

    private static double ToLufs(double meanSquare) => Offset + (10 * Math.Log10(meanSquare));

    /// <summary>The mean squares of blocks of 400 ms that begin every 100 ms; of all of it if it is shorter.</summary>
    private static List<double> Blocks(ReadOnlySpan<short> samples, int rateHz)
    {
        var step = rateHz / 10;
        var (shelf, highPass) = (Biquad.HighShelf(rateHz), Biquad.HighPass(rateHz));
        var steps = new List<double>();
        var sum = 0.0;
        for (var i = 0; i < samples.Length; i++)
        {
            var weighted = highPass.Next(shelf.Next(samples[i] / 32_768.0));
            sum += weighted * weighted;
            if ((i + 1) % step == 0)
            {
                steps.Add(sum / step);
                sum = 0;
            }
        }
        if (steps.Count >= 4)
            return [.. Enumerable.Range(0, steps.Count - 3).Select(i => (steps[i] + steps[i + 1] + steps[i + 2] + steps[i + 3]) / 4)];
        return samples.IsEmpty ? [] : [((steps.Sum() * step) + sum) / samples.Length];
    }

    /// <summary>A filter of second order. The standard gives coefficients for 48 kHz; these are its analogue filters at any rate.</summary>
    private struct Biquad
    {
        private double _b0, _b1, _b2, _a1, _a2, _z1, _z2;

        public static Biquad HighShelf(int rateHz)
        {
            var (k, q, gain) = (Math.Tan(Math.PI * 1_681.974450955533 / rateHz), 0.7071752369554196, Math.Pow(10, 3.999843853973347 / 20));
            var middle = Math.Pow(gain, 0.4996667741545416);
            var a0 = 1 + (k / q) + (k * k);
            return new()
            {
                _b0 = (gain + (middle * k / q) + (k * k)) / a0,
                _b1 = 2 * ((k * k) - gain) / a0,
                _b2 = (gain - (middle * k / q) + (k * k)) / a0,
                _a1 = 2 * ((k * k) - 1) / a0,
                _a2 = (1 - (k / q) + (k * k)) / a0,
            };
        }

        public static Biquad HighPass(int rateHz)
        {
            var (k, q) = (Math.Tan(Math.PI * 38.13547087602444 / rateHz), 0.5003270373238773);
            var a0 = 1 + (k / q) + (k * k);
            return new() { _b0 = 1, _b1 = -2, _b2 = 1, _a1 = 2 * ((k * k) - 1) / a0, _a2 = (1 - (k / q) + (k * k)) / a0 };
        }

        public double Next(double x)
        {
            var y = (_b0 * x) + _z1;
            _z1 = (_b1 * x) - (_a1 * y) + _z2;
            _z2 = (_b2 * x) - (_a2 * y);
            return y;
        }
    }
}
