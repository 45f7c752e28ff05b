using Parley.Protocol;

namespace Parley.Client;

/// <summary>What to do with speech that the model says again because its turn was cut by a lost connection.</summary>
public enum RepeatedAnswer
{
    /// <summary>Leave out as much of it as was delivered before: nothing is heard twice. The default.</summary>
    Skip,

    /// <summary>Deliver all of it, behind an <see cref="InterruptedUpdate"/> that stops what is left of the cut answer.</summary>
    Restart,
}

/// <summary>How a session survives the end of its connection (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#92-resumption">protocol 9.2</see> and <see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#93-goaway">protocol 9.3</see>). Read once, when the client is made.</summary>
public sealed class ResumptionOptions
{
    /// <summary>Asks for handles and reconnects by itself. Default true; false: the end of the connection is the end of the session.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// Asks the server which messages its state holds, and sends exactly the others again. Default false: of the Google services only Vertex
    /// offers it; Parley's server does too.
    /// </summary>
    public bool Transparent { get; set; }

    /// <summary>
    /// Index the server gives to the first message behind the setup; default 1. Only with <see cref="Transparent"/>: the reference leaves
    /// the base open (section 9.2).
    /// </summary>
    public long FirstMessageIndex { get; set; } = 1;

    /// <summary>
    /// Begins a new session where the old one cannot be resumed: handle refused, or none yet. Default false, because the model then knows
    /// nothing of the conversation; <see cref="ReconnectedUpdate.IsResumed"/> tells.
    /// </summary>
    public bool AllowFreshSession { get; set; }

    /// <summary>
    /// Gives the conversation so far to a fresh session, as client content and before anything else. Never asked when a session is resumed.
    /// Default none.
    /// </summary>
    public Func<CancellationToken, ValueTask<IReadOnlyList<Content>>>? History { get; set; }

    /// <summary>Audio kept while there is no connection; default 10 s. Beyond it the oldest is dropped and counted.</summary>
    public TimeSpan MaxHeldAudio { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of sent messages kept to be sent again; default 8 MiB. Beyond it the oldest media go first, and are counted.</summary>
    public int MaxKeptBytes { get; set; } = 8 << 20;

    /// <summary>
    /// On <c>goAway</c>, opens the new connection before the old one is closed. Default false: the public service refuses it with 1011. Where
    /// a server does, the client closes first and goes on.
    /// </summary>
    public bool OverlapConnections { get; set; }

    /// <summary>
    /// How long before the end that <c>goAway</c> announced the client leaves at the latest; default 5 s, at most half of the time left.
    /// Until then it waits for a quiet moment: nothing said, no answer under way, no call open.
    /// </summary>
    public TimeSpan RotationMargin { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Attempts before the session ends; default 10, about a minute and a half. A connection that held for 30 s starts anew.</summary>
    public int MaxAttempts { get; set; } = 10;

    /// <summary>Pause before the second attempt; each one doubles it. Default 500 ms, of which a random part, at most half, is left out.</summary>
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest pause; default 30 s. Only an exhausted quota waits longer: a minute.</summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>What to do with an answer that is said again; default <see cref="RepeatedAnswer.Skip"/>.</summary>
    public RepeatedAnswer RepeatedAnswer { get; set; }

    /// <summary>Seed of the pauses; default another one for every session, so that many clients do not come back at once.</summary>
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
            throw new ArgumentException("ResumptionOptions.MaxAttempts must be 1 or more; set Enabled to false for none.");
        if (FirstDelay < TimeSpan.Zero || MaxDelay < FirstDelay)
            throw new ArgumentException("ResumptionOptions.FirstDelay must not be negative, nor longer than MaxDelay.");
        return (ResumptionOptions)MemberwiseClone();
    }
}
