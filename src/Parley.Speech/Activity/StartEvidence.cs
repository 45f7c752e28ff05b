using System.Numerics.Tensors;

namespace Parley.Speech.Activity;

/// <summary>
/// Evidence that speech has started: the sum of the detector's log-odds, counted from a probability of 0.3, over windows that are likely. A
/// window counts at most as one of probability 0.84, an unlikely one takes away, and one in which the level falls by more than 6 dB counts
/// nothing: a knock, a key or a hard cough dies away at once, and speech does not. At least 64 ms are needed.
/// </summary>
internal struct StartEvidence
{
    // Chosen on the labelled set of bench barge-in, from the middle of the values without a false start.
    private const float Neutral = 0.3f;
    private const float MostOfWindow = 2.5f;
    private const float Certain = 2;
    private const float Fall = 0.25f;
    private const float Least = 0.01f;
    private const int LeastSamples = 1_024;
    private const int MaxWindow = 1_024;

    private static readonly float NeutralOdds = OddsOf(Neutral);

    private float _sum;
    private float _power;
    private long _samples;

    /// <summary>The first sample of the windows that count.</summary>
    internal long Start { get; private set; }

    /// <summary>Adds a window; returns whether it is certain now that speech has started.</summary>
    /// <param name="probability">The detector's probability of speech.</param>
    /// <param name="window">Its samples.</param>
    /// <param name="end">Position after it.</param>
    internal bool Add(float probability, ReadOnlySpan<short> window, long end)
    {
        var before = _power;
        _power = PowerOf(window);
        var odds = OddsOf(Math.Clamp(probability, Least, 1 - Least)) - NeutralOdds;
        if (odds <= 0)
        {
            _sum += odds;
            if (_sum <= 0)
                (_sum, _samples) = (0, 0);
            return false;
        }
        if (_samples == 0)
            Start = end - window.Length;
        if (_power >= Fall * before)
            _sum += Math.Min(odds, MostOfWindow);
        _samples += window.Length;
        return _sum >= Certain && _samples >= LeastSamples;
    }

    private static float PowerOf(ReadOnlySpan<short> window)
    {
        Span<float> samples = stackalloc float[MaxWindow];
        samples = samples[..Math.Min(window.Length, MaxWindow)];
        TensorPrimitives.ConvertTruncating(window[..samples.Length], samples);
        return TensorPrimitives.SumOfSquares<float>(samples);
    }

    private static float OddsOf(float probability) => MathF.Log(probability / (1 - probability));
}
