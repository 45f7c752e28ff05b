namespace Parley.Bench.Speech.Corpora;

/// <summary>Silence, noise and mixtures at 16 kHz; random values come from a seed.</summary>
internal static class Sounds
{
    internal const int RateHz = 16_000;

    // The noise floor of a quiet studio; below it nothing is speech.
    private const int Floor = 150;

    internal static int Samples(double milliseconds) => (int)(milliseconds * RateHz / 1_000);

    internal static short[] Silence(double milliseconds) => new short[Samples(milliseconds)];

    /// <summary>Noise that is weaker at higher frequencies, like room noise (a leaky integral of white noise).</summary>
    internal static short[] Noise(double milliseconds, double level, int seed)
    {
        var random = new Random(seed);
        var sound = new short[Samples(milliseconds)];
        var (low, high) = (0.0, 0.0);
        for (var i = 0; i < sound.Length; i++)
        {
            var white = (random.NextDouble() * 2) - 1;
            low = (0.98 * low) + (0.1 * white);
            high = (0.7 * high) + (0.3 * white);
            sound[i] = (short)Math.Clamp(level * (low + high) * 1.6, short.MinValue, short.MaxValue);
        }
        return sound;
    }

    internal static short[] Mix(short[] sound, short[] background)
    {
        var mixed = new short[sound.Length];
        for (var i = 0; i < sound.Length; i++)
            mixed[i] = (short)Math.Clamp(sound[i] + background[i % background.Length], short.MinValue, short.MaxValue);
        return mixed;
    }

    /// <summary>The sound as the server hears it from a client that sends another rate.</summary>
    internal static short[] Through(short[] sound, int rateHz) =>
        rateHz == RateHz ? sound : Resample(Resample(sound, RateHz, rateHz), rateHz, RateHz);

    private static short[] Resample(short[] sound, int fromHz, int toHz)
    {
        var resampler = new Resampler(fromHz, toHz);
        var resampled = new short[resampler.MaxOutputSamples(sound.Length) + resampler.MaxFlushSamples];
        var length = resampler.Process(sound, resampled);
        return resampled[..(length + resampler.Flush(resampled.AsSpan(length)))];
    }

    /// <summary>Mean level of the samples above the floor.</summary>
    internal static double Level(short[] sound)
    {
        var loud = sound.Where(sample => Math.Abs((int)sample) > Floor).Select(sample => (double)sample * sample).DefaultIfEmpty(0).Average();
        return Math.Sqrt(loud);
    }

    internal static short[] Trim(short[] sound)
    {
        var (first, last) = (Array.FindIndex(sound, IsSound), LastSound(sound));
        return first < 0 ? [] : sound[first..(last + 1)];
    }

    /// <summary>Index of the last sample above the floor; -1 if there is none.</summary>
    internal static int LastSound(short[] sound) => Array.FindLastIndex(sound, IsSound);

    private static bool IsSound(short sample) => Math.Abs((int)sample) > Floor;
}
