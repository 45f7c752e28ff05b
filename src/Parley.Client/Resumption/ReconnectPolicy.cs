using Parley.Client.Ending;

namespace Parley.Client.Resumption;

/// <summary>Input of the policy.</summary>
/// <param name="Attempt">Number of the next attempt, from 1; restarts after a good connection.</param>
/// <param name="Cause">Why the connection or the last attempt ended.</param>
/// <param name="InARow">How many times in a row this cause has occurred, from 1.</param>
/// <param name="HasHandle">Whether there is a handle to resume with.</param>
internal readonly record struct ReconnectCase(int Attempt, CloseCause Cause, int InARow, bool HasHandle);

internal enum ReconnectAction
{
    GiveUp,
    Resume,
    StartFresh,
}

/// <summary>Decision of the policy.</summary>
/// <param name="Action">Whether to connect, and how.</param>
/// <param name="Delay">How long to wait first.</param>
/// <param name="Replay">Whether sent or held input may be resent: after a refused argument it may be what was refused.</param>
internal readonly record struct ReconnectStep(ReconnectAction Action, TimeSpan Delay = default, bool Replay = true);

/// <summary>
/// Decides whether and how to reconnect: a pure function of the case, the options and a seed (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#92-resumption">protocol 9.2</see> and <see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#12-close-codes">protocol 12</see>).
/// </summary>
internal static class ReconnectPolicy
{
    /// <summary>A connection that lasted this long was stable: its end starts a new count (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#12-close-codes">protocol 12</see>).</summary>
    internal static readonly TimeSpan StableAfter = TimeSpan.FromSeconds(30);

    // Quotas of the service are counted by the minute.
    private static readonly TimeSpan QuotaDelay = TimeSpan.FromMinutes(1);

    internal static ReconnectStep Next(in ReconnectCase situation, ResumptionOptions options, long seed)
    {
        var (attempt, (cause, advice), inARow, hasHandle) = situation;
        if (!options.Enabled || attempt > options.MaxAttempts || advice == RetryAdvice.No)
            return new ReconnectStep(ReconnectAction.GiveUp);
        var replay = advice != RetryAdvice.OnceWithoutReplay;
        if (!replay && inARow > 1)
            return new ReconnectStep(ReconnectAction.GiveUp);
        // A handle of another model is accepted and then fails with 1011 every time.
        var isSpent = advice == RetryAdvice.StartFresh || (cause == EndCause.Internal && inARow > 1 && options.AllowFreshSession);
        var fresh = isSpent || !hasHandle;
        if (fresh && !options.AllowFreshSession)
            return new ReconnectStep(ReconnectAction.GiveUp);
        return new ReconnectStep(fresh ? ReconnectAction.StartFresh : ReconnectAction.Resume, Delay(attempt, cause, advice, options, seed), replay);
    }

    private static TimeSpan Delay(int attempt, EndCause cause, RetryAdvice advice, ResumptionOptions options, long seed)
    {
        var part = 0.5 + (0.5 * Fraction(seed, attempt));
        var ceiling = Math.Min(options.FirstDelay.TotalSeconds * Math.Pow(2, Math.Max(0, attempt - 2)), options.MaxDelay.TotalSeconds);
        if (advice == RetryAdvice.WaitAMinute)
            return QuotaDelay + TimeSpan.FromSeconds(ceiling * part);
        return attempt == 1 && !IsServerProblem(cause) ? TimeSpan.Zero : TimeSpan.FromSeconds(ceiling * part);
    }

    // If the server is in trouble, all its clients reconnect: spread them out.
    private static bool IsServerProblem(EndCause cause) =>
        cause is EndCause.Unavailable or EndCause.Internal or EndCause.GoingAway or EndCause.Timeout or EndCause.Unknown;

    // SplitMix64: the same seed and attempt always give the same number from 0 to 1.
    private static double Fraction(long seed, int attempt)
    {
        var z = unchecked((ulong)seed + ((ulong)attempt * 0x9E3779B97F4A7C15));
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }
}
