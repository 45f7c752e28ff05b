namespace Parley.Speech.TurnTaking;

/// <summary>
/// Decides how long a silence must be to end a turn, by the probability that the turn is over. At 0.5 it is the configured silence; below it
/// grows up to twice that and at most 3 s, above it shrinks, but never below 300 ms. A turn therefore always ends, whatever the detector says.
/// </summary>
/// <param name="Silence">The configured silence: <c>silenceDurationMs</c> of the setup, or the default.</param>
/// <param name="MayShorten">Whether the turn may end before it.</param>
internal readonly record struct EndpointingPolicy(TimeSpan Silence, bool MayShorten)
{
    /// <summary>The shortest silence: below it, pauses between words would end turns.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(300);

    /// <summary>The longest silence: beyond it, answers come too late.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);

    // The silence as a multiple of the configured one, over the probability; straight lines between the points.
    private static readonly (float Probability, float Factor)[] Curve = [(0, 2), (0.1f, 2), (0.5f, 1), (0.9f, 0.55f), (1, 0.375f)];

    /// <summary>The silence that ends the turn.</summary>
    /// <param name="probability">That the turn is over; anything that is no number from 0 to 1 is unknown, as 0.5 is.</param>
    public TimeSpan SilenceFor(float probability)
    {
        var factor = FactorOf(probability);
        if (factor >= 1)
            return Max(Silence, Min(Longest, Silence * factor));
        return MayShorten ? Min(Silence, Max(Shortest, Silence * factor)) : Silence;
    }

    /// <summary>What is left to wait: zero if the turn ends now.</summary>
    /// <param name="probability">That the turn is over.</param>
    /// <param name="silence">Silence so far.</param>
    public TimeSpan WaitFor(float probability, TimeSpan silence) => Max(TimeSpan.Zero, SilenceFor(probability) - silence);

    private static float FactorOf(float probability)
    {
        if (probability is not (>= 0 and <= 1))
            return 1;
        var i = 1;
        while (i < Curve.Length - 1 && probability > Curve[i].Probability)
            i++;
        var (from, to) = (Curve[i - 1], Curve[i]);
        return from.Factor + ((to.Factor - from.Factor) * (probability - from.Probability) / (to.Probability - from.Probability));
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
