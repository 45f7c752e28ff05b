using Parley.Bench.Speech.Corpora;

namespace Parley.Bench.Speech.Interruptions;

/// <summary>Sounds of a person at a desk that are not speech: noise and resonances with envelopes, from a seeded generator.</summary>
internal static class Bursts
{
    /// <summary>A hard attack, turbulent noise through a throat, and sometimes a short voiced end: one or two in a row.</summary>
    internal static short[] Cough(Random random)
    {
        List<short> sound = [];
        for (var count = random.Next(1, 3); count > 0; count--)
        {
            var length = random.Next(150, 350);
            var (first, second) = (new Resonance(random.Next(450, 750), 250), new Resonance(random.Next(1_100, 1_700), 400));
            var voiced = random.NextDouble() < 0.5 ? random.Next(40, 110) : 0;
            var pitch = random.Next(90, 180);
            var level = random.Next(5_000, 14_000);
            sound.AddRange(Make(length, (i, seconds) =>
            {
                var attack = Math.Min(1, seconds / 0.004);
                var decay = Math.Exp(-seconds * 1_000 / (length * 0.35));
                var noise = (random.NextDouble() * 2) - 1;
                var voice = i >= Sounds.Samples(length - voiced) ? 0.6 * Math.Sign(Math.Sin(2 * Math.PI * pitch * seconds)) : 0;
                var source = noise + voice;
                return level * attack * decay * ((0.7 * first.Next(source)) + (0.5 * second.Next(source)) + (0.15 * noise));
            }));
            sound.AddRange(new short[Sounds.Samples(random.Next(60, 200))]);
        }
        return [.. sound];
    }

    /// <summary>Two to four thumps on wood.</summary>
    internal static short[] Knocks(Random random)
    {
        List<short> sound = [];
        for (var count = random.Next(2, 5); count > 0; count--)
        {
            var (low, high, level) = (random.Next(70, 160), random.Next(300, 700), random.Next(6_000, 20_000));
            sound.AddRange(Make(random.Next(90, 160), (_, seconds) => level * Math.Exp(-seconds / 0.03)
                * (Math.Sin(2 * Math.PI * low * seconds) + (0.4 * Math.Sin(2 * Math.PI * high * seconds)) + (0.2 * ((random.NextDouble() * 2) - 1)))));
            sound.AddRange(new short[Sounds.Samples(random.Next(60, 250))]);
        }
        return [.. sound];
    }

    /// <summary>Four to twelve keys of a keyboard.</summary>
    internal static short[] Keys(Random random)
    {
        List<short> sound = [];
        for (var count = random.Next(4, 13); count > 0; count--)
        {
            var (level, ring) = (random.Next(1_500, 8_000), random.Next(1_800, 4_500));
            sound.AddRange(Make(random.Next(15, 40), (_, seconds) => level * Math.Exp(-seconds / 0.006)
                * (((random.NextDouble() * 2) - 1) + (0.5 * Math.Sin(2 * Math.PI * ring * seconds)))));
            sound.AddRange(new short[Sounds.Samples(random.Next(50, 180))]);
        }
        return [.. sound];
    }

    /// <summary>Air against the microphone.</summary>
    internal static short[] Breath(Random random)
    {
        var (length, level) = (random.Next(300, 700), random.Next(800, 4_000));
        var low = new Resonance(random.Next(500, 1_500), 1_500);
        return [.. Make(length, (i, _) => level * Math.Sin(Math.PI * i / Sounds.Samples(length)) * low.Next((random.NextDouble() * 2) - 1))];
    }

    private static IEnumerable<short> Make(int milliseconds, Func<int, double, double> sample)
    {
        for (var i = 0; i < Sounds.Samples(milliseconds); i++)
            yield return (short)Math.Clamp(sample(i, (double)i / Sounds.RateHz), short.MinValue, short.MaxValue);
    }

    /// <summary>A filter with one peak of gain 1.</summary>
    private sealed class Resonance(double hz, double bandwidth)
    {
        private readonly double _radius = Math.Exp(-Math.PI * bandwidth / Sounds.RateHz);
        private readonly double _turn = 2 * Math.Cos(2 * Math.PI * hz / Sounds.RateHz);
        private double _last, _before;

        internal double Next(double input)
        {
            var output = ((1 - _radius) * input * 2) + (_radius * _turn * _last) - (_radius * _radius * _before);
            (_before, _last) = (_last, output);
            return output;
        }
    }
}
