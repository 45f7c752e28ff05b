using System.Numerics.Tensors;

namespace Parley.Speech.Activity;

/// <summary>
/// Finds where the level of an activity fell 30 dB below its peak, in steps of 5 ms. If noise is louder than that, nothing is found and the
/// detector decides alone.
/// </summary>
internal struct SpeechLevel
{
    private const int PieceSamples = 80;

    // A detector that still reports speech after this time is not merely lagging.
    private const int LongestInertia = 2_048;

    private const float Below = 0.001f;

    // Halves in two seconds, so that a speaker who turns away is not compared with how loud they were before.
    private const float Decay = 0.99f;

    // An amplitude of 16; there is no measurable speech below.
    private const float LeastPower = 256;

    private float _loudest;
    private long _lastLoud;

    /// <summary>An activity started in this window.</summary>
    internal void Begin(ReadOnlySpan<short> window, long end)
    {
        (_loudest, _lastLoud) = (0, end);
        Heard(window, end);
    }

    /// <summary>A window of an open activity was processed.</summary>
    /// <param name="window">Its samples.</param>
    /// <param name="end">The position after it.</param>
    internal void Heard(ReadOnlySpan<short> window, long end)
    {
        Span<float> piece = stackalloc float[PieceSamples];
        var at = end - window.Length;
        _loudest *= Decay;
        while (!window.IsEmpty)
        {
            var samples = window[..Math.Min(PieceSamples, window.Length)];
            window = window[samples.Length..];
            at += samples.Length;
            TensorPrimitives.ConvertTruncating(samples, piece);
            var power = TensorPrimitives.SumOfSquares<float>(piece[..samples.Length]) / samples.Length;
            _loudest = Math.Max(_loudest, power);
            if (power > _loudest * Below)
                _lastLoud = at;
        }
    }

    /// <summary>Returns the end of speech by level, given the end that a detector reported.</summary>
    internal readonly long EndBefore(long detected) =>
        _loudest < LeastPower ? detected : Math.Clamp(_lastLoud, detected - LongestInertia, detected);
}
