using Parley.Audio;
using Parley.Protocol;

namespace Parley.Testing.Evaluation.Calling;

/// <summary>Synthesizes noises of the voice: filtered noise in bursts, with a voiced part. Equal seeds give equal samples.</summary>
internal static class VocalNoises
{
    private const int RateHz = AudioFormat.InputRateHz;
    private const double Peak = 14_000;

    internal static WavFile Create(VocalNoise noise, int seed)
    {
        var random = new Random(seed);
        double Vary(double value) => value * (0.85 + (0.3 * random.NextDouble()));
        List<Burst> bursts = noise switch
        {
            VocalNoise.Cough => [new(0, Vary(0.22), 1, 0.25, Vary(180), 0.004), new(Vary(0.34), Vary(0.28), 0.8, 0.25, Vary(170), 0.006)],
            VocalNoise.ThroatClearing => [new(0, Vary(0.35), 0.6, 0.7, Vary(95), 0.03), new(Vary(0.42), Vary(0.3), 0.7, 0.7, Vary(85), 0.03)],
            _ => [.. Enumerable.Range(0, 5).Select(i => new Burst(i * 0.19, Vary(0.12), 1 - (0.14 * i), 0.75, Vary(240 - (12 * i)), 0.015))],
        };
        var samples = new double[(int)((bursts[^1].Start + bursts[^1].Length) * RateHz) + 1];
        foreach (var burst in bursts)
            Add(burst, samples, random);
        var loudest = samples.Max(Math.Abs);
        return new WavFile(RateHz, Array.ConvertAll(samples, sample => (short)(sample / loudest * Peak)));
    }

    private static void Add(Burst burst, double[] samples, Random random)
    {
        var (first, count, breath) = ((int)(burst.Start * RateHz), (int)(burst.Length * RateHz), 0.0);
        for (var i = 0; i < count && first + i < samples.Length; i++)
        {
            var time = (double)i / RateHz;
            var envelope = Math.Min(1, time / burst.Attack) * Math.Exp(-4 * time / burst.Length);
            // One pole: breath has more energy below 2 kHz.
            breath += 0.45 * ((2 * random.NextDouble()) - 1 - breath);
            var voice = 0.0;
            for (var harmonic = 1; harmonic <= 8; harmonic++)
                voice += Math.Sin(2 * Math.PI * burst.PitchHz * harmonic * time) / harmonic;
            samples[first + i] += burst.Level * envelope * ((burst.Voiced * voice / 2) + ((1 - burst.Voiced) * breath * 2));
        }
    }

    private readonly record struct Burst(double Start, double Length, double Level, double Voiced, double PitchHz, double Attack);
}
