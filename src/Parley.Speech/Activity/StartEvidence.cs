using System.Numerics.Tensors;

namespace Parley.Speech.Activity;

/// <summary>
/// Evidence that speech has started: the sum of the detector's log-odds, counted from a probability of 0.25, over windows that are likely.
/// One window of 0.78 is enough, or two of 0.52; an unlikely one takes away, and one in which the level falls by more than 5 dB counts
/// nothing: a knock, a key or a hard cough dies away at once, and speech does not.
/// </summary>
internal struct StartEvidence
{
    // Chosen on the labelled set of bench barge-in, from the middle of the values without a false start.
    private const float Neutral = 0.25f;
    private const float Certain = 2.35f;
    private const float Fall = 0.316f;
    private const float Least = 0.01f;
    private const int MaxWindow = 1_024;

    private static readonly float NeutralOdds = OddsOf(Neutral);

    private float _sum;
    private float _power;

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
            _sum = Math.Max(0, _sum + odds);
            return false;
        }
        if (_sum == 0)
            Start = end - window.Length;
        if (_power >= Fall * before)
            _sum += odds;
        return _sum >= Certain;
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
