using Parley.Speech.TurnTaking.SmartTurn;

namespace Parley.Speech.Tests.TurnTaking.SmartTurn;

/// <summary>
/// Features compared with values of other implementations: mel filters and spectrogram of librosa 0.11, features of WhisperFeatureExtractor
/// of transformers with chunk_length 8, for signals that are easy to make again; and with a plain computation from the definition.
/// </summary>
public sealed class LogMelSpectrogramTests
{
    private const double Tau = 2 * Math.PI;

    private readonly float[] _features = new float[MelFilters.Count * LogMelSpectrogram.Frames];

    [Theory]
    [InlineData(0, 1, 0.02486259490251541)]
    [InlineData(1, 1, 0.001990821911022067)]
    [InlineData(1, 2, 0.022871771827340126)]
    [InlineData(2, 2, 0.003981643822044134)]
    [InlineData(9, 10, 0.006945197004824877)]
    [InlineData(10, 12, 0)]
    [InlineData(39, 41, 0.011486922390758991)]
    [InlineData(69, 131, 0.00487553421407938)]
    [InlineData(79, 190, 0.0022320549469441175)]
    [InlineData(79, 199, 0.0004487590049393475)]
    public void Mel_filters_are_those_of_Whisper(int filter, int bin, double weight)
    {
        var (first, weights) = MelFilters.Make()[filter];
        Assert.Equal(weight, bin >= first && bin < first + weights.Length ? weights[bin - first] : 0, 1e-8);
    }

    [Theory]
    [InlineData(0, 0, 1.0255200862884521)]
    [InlineData(0, 50, -0.5617961883544922)]
    [InlineData(0, 99, 0.36268895864486694)]
    [InlineData(0, 100, 0.8750050663948059)]
    [InlineData(0, 799, -0.5617961883544922)]
    [InlineData(3, 0, 1.046639084815979)]
    [InlineData(3, 100, 0.8961241245269775)]
    [InlineData(10, 50, 1.3487379550933838)]
    [InlineData(10, 101, 0.3800355792045593)]
    [InlineData(20, 99, 0.1999397873878479)]
    [InlineData(40, 0, 0.6249067783355713)]
    [InlineData(40, 100, 0.47439175844192505)]
    [InlineData(79, 0, 0.08437436819076538)]
    [InlineData(79, 100, -0.06614065170288086)]
    public void Two_tones_and_silence_after_them_have_the_features_of_librosa(int row, int frame, double value)
    {
        var audio = new float[LogMelSpectrogram.Samples];
        for (var i = 0; i < 16_000; i++)
            audio[i] = (float)((0.5 * Math.Sin(Tau * 440 * i / 16_000)) + (0.25 * Math.Sin(Tau * 1_000 * i / 16_000)));

        new LogMelSpectrogram().Compute(audio, normalize: false, _features);

        Assert.Equal(value, _features[(row * LogMelSpectrogram.Frames) + frame], 2e-4);
    }

    [Theory]
    [InlineData(0, 0, -0.26838)]
    [InlineData(40, 400, -0.26838)]
    [InlineData(79, 700, 0.41503)]
    [InlineData(10, 600, 1.64153)]
    [InlineData(20, 799, 0.56652)]
    [InlineData(60, 650, 0.39850)]
    public void Three_seconds_are_preceded_by_silence_and_normalized_as_in_transformers(int row, int frame, double value)
    {
        var seed = 12_345u;
        var audio = new float[48_000];
        for (var i = 0; i < audio.Length; i++)
        {
            seed = (seed * 1_103_515_245) + 12_345;
            var noise = (((seed >> 16) / 32_768.0) - 1) * 0.01;
            audio[i] = (float)((0.3 * Math.Sin(Tau * 440 * i / 16_000)) + (0.2 * Math.Sin(Tau * 1_250 * i / 16_000)) + noise);
        }

        new LogMelSpectrogram().Compute(audio, normalize: true, _features);

        Assert.Equal(value, _features[(row * LogMelSpectrogram.Frames) + frame], 2e-3);
    }

    [Theory]
    [InlineData(128_000)]
    [InlineData(40_000)]
    [InlineData(300)]
    [InlineData(0)]
    public void Features_are_those_of_the_definition(int samples)
    {
        var random = new Random(7);
        var audio = Enumerable.Range(0, samples).Select(_ => (float)((random.NextDouble() - 0.5) * 0.4)).ToArray();
        new LogMelSpectrogram().Compute(audio, normalize: true, _features);

        double[] padded = [.. new double[LogMelSpectrogram.Samples - samples], .. audio.Select(sample => (double)sample)];
        var mean = padded.Average();
        var deviation = Math.Sqrt(padded.Average(sample => (sample - mean) * (sample - mean)) + 1e-7);
        for (var i = 0; i < padded.Length; i++)
            padded[i] = (padded[i] - mean) / deviation;
        int[] frames = [0, 1, 400, 548, 549, 550, 798, 799];
        var energies = frames.ToDictionary(frame => frame, frame => MelEnergies(padded, frame));
        foreach (var frame in frames)
        {
            for (var row = 0; row < MelFilters.Count; row++)
            {
                // The floor depends on the highest energy of all frames; where it applies, only "not below" can be said.
                var value = _features[(row * LogMelSpectrogram.Frames) + frame];
                var expected = (energies[frame][row] + 4) / 4;
                Assert.True(Math.Abs(value - expected) < 1e-3 || (value >= expected && value <= _features.Max() - 2 + 1e-4), $"row {row} frame {frame}: {value}, expected {expected}");
            }
        }
    }

    [Fact]
    public void Computing_does_not_allocate()
    {
        var spectrogram = new LogMelSpectrogram();
        var audio = new float[16_000];
        spectrogram.Compute(audio, normalize: true, _features);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        spectrogram.Compute(audio, normalize: true, _features);
        Assert.Equal(allocated, GC.GetAllocatedBytesForCurrentThread());
    }

    private static double[] MelEnergies(double[] samples, int frame)
    {
        var power = new double[MelFilters.Bins];
        for (var bin = 0; bin < power.Length; bin++)
        {
            var (real, imaginary) = (0.0, 0.0);
            for (var i = 0; i < 400; i++)
            {
                var at = Math.Abs((frame * 160) + i - 200);
                at = at >= samples.Length ? (2 * (samples.Length - 1)) - at : at;
                var windowed = samples[at] * (0.5 - (0.5 * Math.Cos(Tau * i / 400)));
                real += windowed * Math.Cos(Tau * bin * i / 400);
                imaginary -= windowed * Math.Sin(Tau * bin * i / 400);
            }
            power[bin] = (real * real) + (imaginary * imaginary);
        }
        return [.. MelFilters.Make().Select(filter =>
            Math.Log10(Math.Max(1e-10, filter.Weights.Select((weight, i) => weight * power[filter.First + i]).Sum())))];
    }
}
