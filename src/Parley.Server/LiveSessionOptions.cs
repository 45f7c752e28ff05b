namespace Parley.Server;

/// <summary>Lifetimes and counts of sessions, handles and tokens. Section <c>Live:Sessions</c>.</summary>
public sealed class LiveSessionOptions
{
    /// <summary>Lifetime of a connection; <c>goAway</c> is sent <see cref="GoAwayLead"/> before its end. Default 10 min.</summary>
    public TimeSpan ConnectionLifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Time between <c>goAway</c> and the end of the connection. Default 60 s.</summary>
    public TimeSpan GoAwayLead { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Closes a connection at its lifetime with 1000. Default false: 1008, as the public service.</summary>
    public bool CloseNormallyAfterGoAway { get; set; }

    /// <summary>Lifetime of a session without context compression, over all its connections. Default 15 min.</summary>
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Time after its last connection in which a session can be resumed. Default 2 h.</summary>
    public TimeSpan HandleLifetime { get; set; } = TimeSpan.FromHours(2);

    /// <summary>Most sessions without a connection that are kept for resumption; beyond it the oldest is dropped. Default 10,000.</summary>
    public int MaxResumableSessions { get; set; } = 10_000;

    /// <summary>Pictures and audio stored for resumption, in bytes for all sessions; beyond it conversations are stored without them. Default 1 GiB.</summary>
    public long MaxStoredMediaBytes { get; set; } = 1L << 30;

    /// <summary>
    /// Admits new sessions while the store cannot be reached. Default false: they are refused with 1011. If true, configured keys are accepted, and virtual keys
    /// that this server has seen in the last hour, even if they were revoked meanwhile; the limits of a key then hold for what this server knows. Tokens and
    /// resumptions are refused in any case.
    /// </summary>
    public bool AdmitWithoutStorage { get; set; }

    /// <summary>Most open sessions per key on this server, including those of its tokens; one more closes with 1011. Default 10,000.</summary>
    public int MaxSessionsPerKey { get; set; } = 10_000;

    /// <summary>Most unexpired ephemeral tokens; one more is refused with 429. Default 100,000.</summary>
    public int MaxTokens { get; set; } = 100_000;
}
