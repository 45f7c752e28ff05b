using System.Numerics.Tensors;

namespace Parley.Speech.TurnTaking.Prosody;

/// <summary>
/// Energy and pitch of the last two and a half seconds, in frames of 10 ms. Calls do not allocate; pitch is estimated only in frames that
/// are
/// loud enough to be speech.
/// </summary>
internal sealed class ProsodyTrack
{
    /// <summary>Samples of a frame at 16 kHz.</summary>
    public const int FrameSamples = 160;

    /// <summary>Frames kept.</summary>
    public const int Length = 256;

    // The pitch of a frame is found from audio around its middle, which is complete two frames later.
    private const int PitchDelay = 2;
    private const int HalfFrame = FrameSamples / 2;

    // Below this, and this far below the loudest frames, nothing is voiced.
    private const float LeastDecibels = -58;
    private const float BelowPeak = 38;

    // The peak falls by 3 dB a second, so that a speaker who turns away is followed.
    private const float PeakDecay = 0.03f;

    private readonly float[] _decibels = new float[Length];
    private readonly float[] _pitch = new float[Length];
    private readonly float[] _recent = new float[PitchEstimator.Samples];
    private readonly float[] _frame = new float[FrameSamples + 2];
    private int _filled;
    private float _peak = LeastDecibels;

    /// <summary>Frames so far.</summary>
    public long Frames { get; private set; }

    /// <summary>Level of a frame in dB of full scale.</summary>
    public float Decibels(long frame) => _decibels[frame & (Length - 1)];

    /// <summary>Pitch of a frame in octaves above 1 Hz; 0 if it is not voiced.</summary>
    public float Pitch(long frame) => _pitch[frame & (Length - 1)];

    /// <summary>Takes 16 kHz audio.</summary>
    public void Process(ReadOnlySpan<short> samples)
    {
        while (!samples.IsEmpty)
        {
            var take = Math.Min(samples.Length, FrameSamples - _filled);
            TensorPrimitives.ConvertTruncating(samples[..take], _frame.AsSpan(2 + _filled));
            samples = samples[take..];
            _filled += take;
            if (_filled < FrameSamples)
                return;
            _filled = 0;
            Close();
        }
    }

    private void Close()
    {
        var samples = _frame.AsSpan(2);
        const float fullScale = 32_768f * 32_768f;
        var decibels = 10 * MathF.Log10((TensorPrimitives.SumOfSquares<float>(samples) / FrameSamples / fullScale) + 1e-9f);
        _peak = Math.Max(_peak - PeakDecay, decibels);

        // Half the rate: each sample with half of its neighbours, which removes most of what is above 4 kHz.
        _recent.AsSpan(HalfFrame).CopyTo(_recent);
        var half = _recent.AsSpan(PitchEstimator.Samples - HalfFrame);
        for (var i = 0; i < HalfFrame; i++)
            half[i] = (0.25f * _frame[2 * i]) + (0.5f * _frame[(2 * i) + 1]) + (0.25f * _frame[(2 * i) + 2]);
        (_frame[0], _frame[1]) = (_frame[FrameSamples], _frame[FrameSamples + 1]);

        _decibels[Frames & (Length - 1)] = decibels;
        _pitch[Frames & (Length - 1)] = 0;
        var middle = Frames - PitchDelay;
        if (middle >= 0)
        {
            var level = Decibels(middle);
            _pitch[middle & (Length - 1)] = level > LeastDecibels && level > _peak - BelowPeak ? PitchEstimator.Estimate(_recent) : 0;
        }
        Frames++;
    }
}
