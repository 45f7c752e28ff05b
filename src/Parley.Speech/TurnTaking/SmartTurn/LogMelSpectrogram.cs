using System.Numerics.Tensors;

namespace Parley.Speech.TurnTaking.SmartTurn;

/// <summary>
/// The input of Whisper's encoder for eight seconds: 80 log-mel energies in 800 frames of 10 ms, from windows of 25 ms around each frame.
/// The
/// energies are in powers of ten, at most eight below the highest, and shifted and scaled to about -1 to 1. Keeps its buffers and does not
/// allocate; takes about 15 ms. Not thread-safe.
/// </summary>
internal sealed class LogMelSpectrogram
{
    /// <summary>Samples of the input: eight seconds at 16 kHz.</summary>
    public const int Samples = Frames * Hop;

    /// <summary>Frames of the output.</summary>
    public const int Frames = 800;

    private const int Window = 400;
    private const int Hop = 160;
    private const int Half = Window / 2;

    // Added to the variance of the audio, so that silence stays finite.
    private const double VarianceFloor = 1e-7;

    private readonly float[] _padded = new float[Samples + Window];
    private readonly float[] _hann = new float[Window];
    // The transform as two tables: a real signal of 400 samples is folded to 199 sums and differences first.
    private readonly float[] _cosines = new float[MelFilters.Bins * (Half + 1)];
    private readonly float[] _sines = new float[MelFilters.Bins * (Half + 1)];
    private readonly (int First, float[] Weights)[] _filters = MelFilters.Make();
    private readonly float[] _even = new float[Half + 1];
    private readonly float[] _odd = new float[Half + 1];
    private readonly float[] _power = new float[MelFilters.Bins];

    /// <summary>Computes the tables.</summary>
    public LogMelSpectrogram()
    {
        for (var i = 0; i < Window; i++)
            _hann[i] = (float)(0.5 - (0.5 * Math.Cos(2 * Math.PI * i / Window)));
        for (var bin = 0; bin < MelFilters.Bins; bin++)
        {
            for (var i = 0; i <= Half; i++)
            {
                var angle = 2 * Math.PI * (bin * i % Window) / Window;
                _cosines[(bin * (Half + 1)) + i] = (float)Math.Cos(angle);
                _sines[(bin * (Half + 1)) + i] = (float)Math.Sin(angle);
            }
        }
    }

    /// <summary>Computes the features.</summary>
    /// <param name="audio">At most <see cref="Samples"/> samples; shorter audio is preceded by silence, so that it ends at the end.</param>
    /// <param name="normalize">Whether the audio, silence included, is brought to a mean of zero and a variance of one first.</param>
    /// <param name="features">Receives 80 rows of 800 values.</param>
    public void Compute(ReadOnlySpan<float> audio, bool normalize, Span<float> features)
    {
        var silence = Samples - audio.Length;
        var samples = _padded.AsSpan(Half, Samples);
        samples[..silence].Clear();
        audio.CopyTo(samples[silence..]);
        if (normalize)
            Normalize(samples);
        // Mirrored at both ends, without the sample at the end itself.
        for (var i = 1; i <= Half; i++)
        {
            _padded[Half - i] = samples[i];
            _padded[Half + Samples - 1 + i] = samples[Samples - 1 - i];
        }

        var highest = float.MinValue;
        for (var frame = 0; frame < Frames; frame++)
        {
            // All windows that lie in the silence before the audio are alike.
            if (frame > 0 && (frame * Hop) + Window <= silence + Half)
                Copy(features, frame);
            else
                highest = Math.Max(highest, Transform(frame, features));
        }
        TensorPrimitives.Max(features, highest - 8, features);
        TensorPrimitives.Add(features, 4, features);
        TensorPrimitives.Divide(features, 4, features);
    }

    private static void Normalize(Span<float> samples)
    {
        var (sum, squares) = (0.0, 0.0);
        foreach (var sample in samples)
            sum += sample;
        var mean = sum / Samples;
        foreach (var sample in samples)
            squares += (sample - mean) * (sample - mean);
        TensorPrimitives.Subtract(samples, (float)mean, samples);
        TensorPrimitives.Multiply(samples, (float)(1 / Math.Sqrt((squares / Samples) + VarianceFloor)), samples);
    }

    private static void Copy(Span<float> features, int frame)
    {
        for (var at = frame; at < features.Length; at += Frames)
            features[at] = features[at - 1];
    }

    private float Transform(int frame, Span<float> features)
    {
        var window = _padded.AsSpan(frame * Hop, Window);
        (_even[0], _odd[0]) = (window[0] * _hann[0], 0);
        (_even[Half], _odd[Half]) = (window[Half] * _hann[Half], 0);
        for (var i = 1; i < Half; i++)
        {
            var (one, other) = (window[i] * _hann[i], window[Window - i] * _hann[Window - i]);
            (_even[i], _odd[i]) = (one + other, one - other);
        }
        for (var bin = 0; bin < MelFilters.Bins; bin++)
        {
            var real = TensorPrimitives.Dot<float>(_even, _cosines.AsSpan(bin * (Half + 1), Half + 1));
            var imaginary = TensorPrimitives.Dot<float>(_odd, _sines.AsSpan(bin * (Half + 1), Half + 1));
            _power[bin] = (real * real) + (imaginary * imaginary);
        }
        var highest = float.MinValue;
        for (var i = 0; i < _filters.Length; i++)
        {
            var (first, weights) = _filters[i];
            var energy = MathF.Log10(Math.Max(1e-10f, TensorPrimitives.Dot<float>(weights, _power.AsSpan(first, weights.Length))));
            features[(i * Frames) + frame] = energy;
            highest = Math.Max(highest, energy);
        }
        return highest;
    }
}
