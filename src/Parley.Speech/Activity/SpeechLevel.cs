using System.Numerics.Tensors;

namespace Parley.Speech;

/// <summary>
/// Where the sound of an activity went down: 30 dB below its loudest, looked for in pieces of 5 ms. Where noise is louder than that, nothing is
/// found, and the detector's word stands.
/// </summary>
internal struct SpeechLevel
{
    private const int PieceSamples = 80;

    // Nothing that a detector still takes for speech after so long is only its own inertia.
    private const int LongestInertia = 2_048;

    private const float Below = 0.001f;

    // Half of it is gone after two seconds: who turns away from the microphone is not measured by what was said before.
    private const float Decay = 0.99f;

    // Sixteen steps of a sample; below it there is no speech to be measured.
    private const float LeastPower = 256;

    private float _loudest;
    private long _lastLoud;

    /// <summary>An activity began in this window.</summary>
    internal void Begin(ReadOnlySpan<short> window, long end)
    {
        (_loudest, _lastLoud) = (0, end);
        Heard(window, end);
    }

    /// <summary>A window was heard.</summary>
    /// <param name="window">It.</param>
    /// <param name="end">The position behind it.</param>
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

    /// <summary>The end of speech that ended at <paramref name="detected"/> as a detector has it.</summary>
    internal readonly long EndBefore(long detected) =>
        _loudest < LeastPower ? detected : Math.Clamp(_lastLoud, detected - LongestInertia, detected);
}
