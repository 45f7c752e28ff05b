namespace Parley.Server;

/// <summary>Lifetimes and counts of sessions, handles and tokens. Section <c>Live:Sessions</c>.</summary>
public sealed class LiveSessionOptions
{
    /// <summary>Life of a connection; a <c>goAway</c> comes <see cref="GoAwayLead"/> before its end.</summary>
    public TimeSpan ConnectionLifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long before the end of the connection <c>goAway</c> is sent.</summary>
    public TimeSpan GoAwayLead { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Ends an outlived connection with 1000; default false = 1008, as the public service.</summary>
    public bool CloseNormallyAfterGoAway { get; set; }

    /// <summary>Life of a session without context compression, all its connections together.</summary>
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long after its last connection a session can be resumed.</summary>
    public TimeSpan HandleLifetime { get; set; } = TimeSpan.FromHours(2);

    /// <summary>Sessions without a connection that are kept for resumption; beyond it the oldest is forgotten.</summary>
    public int MaxResumableSessions { get; set; } = 10_000;

    /// <summary>Pictures and sound that are kept on disk for resumption, of all sessions together; beyond it conversations are kept without them.</summary>
    public long MaxStoredMediaBytes { get; set; } = 1L << 30;

    /// <summary>Sessions one key may have open at once, those of its tokens included; one more closes with 1011.</summary>
    public int MaxSessionsPerKey { get; set; } = 10_000;

    /// <summary>Ephemeral tokens alive at once; one more is answered with 429.</summary>
    public int MaxTokens { get; set; } = 100_000;
}
