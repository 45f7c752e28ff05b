using Parley.Protocol;

namespace Parley.Client;

/// <summary>What to do with an answer that is generated again because a lost connection cut it.</summary>
public enum RepeatedAnswer
{
    /// <summary>Skip as much of it as was delivered before: nothing is heard twice. The default.</summary>
    Skip,

    /// <summary>Deliver all of it, after an <see cref="InterruptedUpdate"/> that stops the rest of the cut answer.</summary>
    Restart,
}

/// <summary>Session resumption and reconnecting (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#92-resumption">protocol 9.2</see> and <see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#93-goaway">protocol 9.3</see>). Read once, when the client is created.</summary>
public sealed class ResumptionOptions
{
    /// <summary>
    /// Whether the client requests handles and reconnects automatically. Default true; false: the session ends with its connection.
    /// </summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// Requests transparent resumption: the server reports which messages its state contains, and the client resends exactly the others.
    /// Default false: of the Google services only Vertex supports it; Parley's server does too.
    /// </summary>
    public bool Transparent { get; set; }

    /// <summary>
    /// Index of the first message after the setup, as the server counts; default 1. Only with <see cref="Transparent"/>: the public
    /// documentation does not specify it (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#92-resumption">protocol 9.2</see>).
    /// </summary>
    public long FirstMessageIndex { get; set; } = 1;

    /// <summary>
    /// Starts a new session if the old one cannot be resumed: handle refused, or none yet. Default false, because the new session knows
    /// nothing of the conversation; <see cref="ReconnectedUpdate.IsResumed"/> is then false.
    /// </summary>
    public bool AllowFreshSession { get; set; }

    /// <summary>
    /// Returns the conversation so far, which a fresh session is given as client content before anything else. Not called if a session is
    /// resumed. Default none.
    /// </summary>
    public Func<CancellationToken, ValueTask<IReadOnlyList<Content>>>? History { get; set; }

    /// <summary>Most audio that is held while there is no connection; default 10 s. The oldest is dropped first, and counted.</summary>
    public TimeSpan MaxHeldAudio { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Most bytes of sent messages that are kept for resending; default 8 MiB. The oldest audio and pictures are dropped first, and
    /// counted.
    /// </summary>
    public int MaxKeptBytes { get; set; } = 8 << 20;

    /// <summary>
    /// On <c>goAway</c>, opens the new connection before it closes the old one. Default false: the public service refuses that with 1011.
    /// If a server refuses it, the client closes first.
    /// </summary>
    public bool OverlapConnections { get; set; }

    /// <summary>
    /// Latest start of a rotation, counted back from the end that <c>goAway</c> announced; default 5 s, at most half of the time left.
    /// Until then the client waits for a safe point: no speech, no answer and no open call.
    /// </summary>
    public TimeSpan RotationMargin { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Attempts before the session ends; default 10, about a minute and a half. A connection that lasted 30 s, or on which a turn was completed
    /// and its handle came, resets the count.
    /// </summary>
    public int MaxAttempts { get; set; } = 10;

    /// <summary>
    /// Delay before the second attempt; it doubles with each one. Default 500 ms. Every delay is shortened at random by up to half.
    /// </summary>
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest delay; default 30 s. After an exhausted quota it is a minute longer.</summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>What to do with an answer that is generated again; default <see cref="RepeatedAnswer.Skip"/>.</summary>
    public RepeatedAnswer RepeatedAnswer { get; set; }

    /// <summary>Seed of the random delays; default a different one per session, so that many clients do not reconnect at once.</summary>
    public long? JitterSeed { get; set; }

    internal ResumptionOptions Checked()
    {
        if (MaxHeldAudio < TimeSpan.Zero)
            throw new ArgumentException("ResumptionOptions.MaxHeldAudio must not be negative.");
        if (MaxKeptBytes < 0)
            throw new ArgumentException("ResumptionOptions.MaxKeptBytes must not be negative.");
        if (RotationMargin < TimeSpan.Zero)
            throw new ArgumentException("ResumptionOptions.RotationMargin must not be negative.");
        if (MaxAttempts < 1)
            throw new ArgumentException("ResumptionOptions.MaxAttempts must be at least 1; set Enabled to false for no attempts.");
        if (FirstDelay < TimeSpan.Zero || MaxDelay < FirstDelay)
            throw new ArgumentException("ResumptionOptions.FirstDelay must be between zero and MaxDelay.");
        return (ResumptionOptions)MemberwiseClone();
    }
}
