namespace Parley.Speech.TurnTaking;

/// <summary>
/// Decides how long a silence must be to end a turn, by the probability that the turn is over. At 0.5 it is the configured silence; below
/// it
/// grows up to twice that and at most 3 s, above it shrinks, but never below 300 ms. A turn therefore always ends, whatever the detector
/// says.
/// </summary>
/// <param name="Silence">The configured silence: <c>silenceDurationMs</c> of the setup, or the default.</param>
/// <param name="MayShorten">Whether the turn may end before it.</param>
internal readonly record struct EndpointingPolicy(TimeSpan Silence, bool MayShorten)
{
    /// <summary>The shortest silence: below it, pauses between words would end turns.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(300);

    /// <summary>The longest silence: beyond it, answers come too late.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);

    // If pauses inside a turn last about as long as an exponential distribution says, then waiting and cutting are balanced best by a
    // silence
    // that is a straight line of the log-odds; its slope is the mean of such pauses, here 0.7 of the configured silence.
    private const double Slope = 0.7;
    private const double LeastFactor = 0.375;
    private const double MostFactor = 2;

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

    private static double FactorOf(float probability) => probability is >= 0 and <= 1
        ? Math.Clamp(1 - (Slope * Math.Log(probability / (1.0 - probability))), LeastFactor, MostFactor)
        : 1;

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
