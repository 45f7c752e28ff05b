using System.Numerics.Tensors;

namespace Parley.Speech.TurnTaking.Prosody;

/// <summary>
/// Estimates the pitch of voiced speech by normalised cross-correlation: the shortest of the delays at which the signal repeats itself
/// nearly
/// as well as at the best one, which keeps it from reporting half the pitch. At 8 kHz, from 60 to 400 Hz; a few microseconds, no
/// allocation.
/// </summary>
internal static class PitchEstimator
{
    public const int RateHz = 8_000;

    /// <summary>Samples needed: 42 ms.</summary>
    public const int Samples = Window + MaxLag;

    private const int Window = 200;
    private const int MinLag = RateHz / 400;
    private const int MaxLag = RateHz / 60;

    // Voiced speech repeats itself better than this; noise does not.
    private const float MinCorrelation = 0.55f;
    private const float AsGood = 0.87f;

    /// <summary>Returns the pitch in octaves above 1 Hz (log2 of Hz); 0 if the sound is not voiced.</summary>
    /// <param name="samples">Exactly <see cref="Samples"/> samples.</param>
    public static float Estimate(ReadOnlySpan<float> samples)
    {
        Span<float> correlation = stackalloc float[MaxLag + 1];
        var fixedWindow = samples[..Window];
        var power = TensorPrimitives.SumOfSquares(fixedWindow);
        if (power < Window)
            return 0;
        var moving = TensorPrimitives.SumOfSquares(samples.Slice(MinLag, Window));
        var best = 0f;
        for (var lag = MinLag; lag <= MaxLag; lag++)
        {
            correlation[lag] = TensorPrimitives.Dot(fixedWindow, samples.Slice(lag, Window)) / MathF.Sqrt((power * moving) + 1);
            best = Math.Max(best, correlation[lag]);
            if (lag < MaxLag)
                moving = Math.Max(0, moving + (samples[lag + Window] * samples[lag + Window]) - (samples[lag] * samples[lag]));
        }
        if (best < MinCorrelation)
            return 0;
        for (var lag = MinLag + 1; lag < MaxLag; lag++)
        {
            var (before, at, after) = (correlation[lag - 1], correlation[lag], correlation[lag + 1]);
            if (at < best * AsGood || at < before || at < after)
                continue;
            // The top of the parabola through three points.
            var bend = before - (2 * at) + after;
            var shift = bend < 0 ? 0.5f * (before - after) / bend : 0;
            return MathF.Log2(RateHz / (lag + shift));
        }
        return 0;
    }
}
