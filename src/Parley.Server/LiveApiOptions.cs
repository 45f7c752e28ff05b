using Parley.Protocol;

namespace Parley.Server;

/// <summary>Every limit and habit of the server. Read once at the start.</summary>
public sealed class LiveApiOptions
{
    /// <summary>Keys that may open sessions and mint tokens; none = only the development key.</summary>
    public IList<string> ApiKeys { get; } = [];

    /// <summary>
    /// A well-known key for the developer's own machine: accepted only where the connection comes from loopback, through no proxy, and from no
    /// foreign web page. Null = none.
    /// </summary>
    public string? DevelopmentKey { get; set; } = "parley-dev";

    /// <summary>
    /// Refuses bad credentials with 401 or 403, and used up limits with 429, in place of the upgrade. Default false: the upgrade is accepted and the first message
    /// answered with the close of the public service, which is what clients of it can show.
    /// </summary>
    public bool RejectAtHttp { get; set; }

    /// <summary>Origins from which browsers may connect, such as <c>https://example.com</c>; none = all. Others get 403.</summary>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>What is accepted beyond the public service; default the forms of the WebSocket guide.</summary>
    public LiveCompatibility Compatibility { get; set; } = LiveCompatibility.Guide;

    /// <summary>Kind of frame messages are sent in.</summary>
    public LiveFrameKind Frames { get; set; } = LiveFrameKind.Automatic;

    /// <summary>Writes JSON with line breaks, as the public service does. Default false: compact, and a third less work for audio.</summary>
    public bool IndentedJson { get; set; }

    /// <summary>Largest message accepted from a client; a longer one closes with 1009.</summary>
    public int MaxMessageBytes { get; set; } = 4 << 20;

    /// <summary>Largest setup; a longer one closes with 1009.</summary>
    public int MaxSetupBytes { get; set; } = 1 << 20;

    /// <summary>Largest message with sound; a longer one closes with 1009.</summary>
    public int MaxAudioMessageBytes { get; set; } = 4 << 20;

    /// <summary>Largest message with a picture; a longer one closes with 1009.</summary>
    public int MaxVideoMessageBytes { get; set; } = 4 << 20;

    /// <summary>Largest message of realtime text; a longer one closes with 1009.</summary>
    public int MaxTextMessageBytes { get; set; } = 256 << 10;

    /// <summary>Largest message with answers to calls; a longer one closes with 1009.</summary>
    public int MaxToolMessageBytes { get; set; } = 1 << 20;

    /// <summary>Frames one message may be cut into; more close with 1008.</summary>
    public int MaxFragments { get; set; } = 1_024;

    /// <summary>Time a message that has begun may take before it is held to <see cref="MinMessageBytesPerSecond"/>.</summary>
    public TimeSpan MessageGrace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Least speed of a message that has begun; a slower one closes with 1008.</summary>
    public int MinMessageBytesPerSecond { get; set; } = 1_024;

    /// <summary>Pings and pongs one client may send in a minute; more close with 1008, and twice as many cut it.</summary>
    public int MaxPingsPerMinute { get; set; } = 120;

    /// <summary>Bytes that all messages which are still coming in may hold together; one that finds no room closes with 1011.</summary>
    public long MaxBufferedInputBytes { get; set; } = 256 << 20;

    /// <summary>Connections open at once; one more gets 503 in place of the upgrade.</summary>
    public int MaxConnections { get; set; } = 20_000;

    /// <summary>Memory of the process above which new connections get 503; 0 = four fifths of what the machine or container has.</summary>
    public long MaxMemoryBytes { get; set; }

    /// <summary>
    /// Connections one address may open in a minute, an IPv6 /64 counting as one; one more gets 429. 0 = any number. This machine may open any
    /// number: behind a proxy, let the application learn the address of the client (forwarded headers).
    /// </summary>
    public int MaxOpensPerAddressPerMinute { get; set; } = 600;

    /// <summary>
    /// Connections accepted in a second, from everywhere, where the server listens by <see cref="LiveApiBuilder.UseDirectSockets"/>; more wait
    /// to be accepted, so that a flood of them takes no more than so much from those who talk. 0 = any number.
    /// </summary>
    public int MaxConnectionsPerSecond { get; set; } = 500;

    /// <summary>
    /// Bytes one client may send in a second, what a second gives at once; faster ones are read later, and nothing is lost. From a client that does
    /// not read what it is sent, a sixteenth. No message makes what follows it wait longer than a quarter of a second. Default 1 MiB: twenty times
    /// the sound of a call. 0 = any number.
    /// </summary>
    public int MaxInputBytesPerSecond { get; set; } = 1 << 20;

    /// <summary>
    /// Bytes read in a second only to be thrown away, as the rest of a message that was too long; who sends more has to wait, up to
    /// <see cref="CloseTimeout"/>. 0 = any number.
    /// </summary>
    public int MaxDiscardedBytesPerSecond { get; set; } = 16 << 20;

    /// <summary>Time until the setup must have arrived; later the connection is closed with 1008.</summary>
    public TimeSpan SetupTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>What a client may send between setup and setupComplete before the server stops reading; nothing is lost.</summary>
    public int MaxWaitingBytes { get; set; } = 1 << 20;

    /// <summary>Messages queued for a client that does not read; beyond it the connection is cut.</summary>
    public int MaxQueuedMessages { get; set; } = 1_024;

    /// <summary>Chunks of an answer that wait to be sent before the model is asked to wait.</summary>
    public int MaxUnsentMedia { get; set; } = 16;

    /// <summary>Longest time one message may take to be sent; beyond it the connection is cut.</summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Time the client has to answer a close before the connection is cut.</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(5);

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

    /// <summary>How often an idle client is pinged; zero = never.</summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How late a pong may be before the client counts as gone; clients of this API answer late, so not under a minute.</summary>
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest time sessions have between the <c>goAway</c> at shutdown and their close with 1001.</summary>
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Secret of the admin API, at least 16 characters, sent as <c>Authorization: Bearer</c>; null = the admin API is off.</summary>
    public string? AdminSecret { get; set; }

    /// <summary>The port on which alone the admin API is answered; null = wherever the application listens.</summary>
    public int? AdminPort { get; set; }
}

/// <summary>Kind of frame messages are sent in.</summary>
public enum LiveFrameKind
{
    /// <summary>
    /// Text to a client that opened with the guide's <c>config</c>, because it parses <c>event.data</c> as it is; binary to all others, as the
    /// public service.
    /// </summary>
    Automatic,

    /// <summary>Always text.</summary>
    Text,

    /// <summary>Always binary.</summary>
    Binary,
}
