namespace Parley.Server;

/// <summary>Options of the relay: upstreams, policies, resumption and rotation. Section <c>Relay</c>. Read once at the start.</summary>
public sealed class RelayOptions
{
    /// <summary>Upstreams in order of preference; at least one. The later ones are used for failover.</summary>
    public IList<UpstreamOptions> Upstreams { get; } = [];

    /// <summary>Model names that the local default model answers; <c>*</c> stands for any characters. Default none.</summary>
    public IList<string> LocalModels { get; } = [];

    /// <summary>Policy of keys that no policy in <see cref="Policies"/> names. Default: no restrictions.</summary>
    public RelayPolicy Policy { get; set; } = new();

    /// <summary>Policies of certain keys, by a name of your choice.</summary>
    public IDictionary<string, RelayPolicy> Policies { get; } = new Dictionary<string, RelayPolicy>(StringComparer.Ordinal);

    /// <summary>Longest time from the connect to <c>setupComplete</c>; then the next upstream is tried. Default 15 s.</summary>
    public TimeSpan SetupTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Cool-down of an upstream that failed or is out of quota: others are preferred meanwhile. Default 60 s.</summary>
    public TimeSpan CoolDown { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Age at which an upstream connection is rotated; null = only after a <c>goAway</c> of the upstream.</summary>
    public TimeSpan? RotateAfter { get; set; }

    /// <summary>Longest wait for a safe point (a fresh handle, no open turn or call) of a pending rotation; a <c>goAway</c> may leave less. Default 45 s.</summary>
    public TimeSpan RotationPatience { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>
    /// Pause before a rotation in which nothing is sent: output that begins meanwhile postpones the rotation, so that it is not lost. Default 200 ms.
    /// </summary>
    public TimeSpan RotationSettle { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Time before the end announced by <c>goAway</c> at which the rotation is forced. Default 3 s.</summary>
    public TimeSpan RotationMargin { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Longest wait for the old upstream connection to answer its close before it is aborted; resuming waits for it. Default 3 s.</summary>
    public TimeSpan UpstreamCloseTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Attempts to resume on the upstream before the client's connection is closed. Default 4.</summary>
    public int ResumeAttempts { get; set; } = 4;

    /// <summary>Bytes held for a client during a rotation; beyond it the oldest audio and pictures are dropped, and counted. Default 1 MiB.</summary>
    public int MaxHeldBytes { get; set; } = 1 << 20;

    /// <summary>Largest message accepted from an upstream; a longer one ends the session with 1009. Default 16 MiB.</summary>
    public int MaxUpstreamMessageBytes { get; set; } = 16 << 20;

    /// <summary>Longest time to send one message to the upstream; beyond it the connection counts as lost. Default 10 s.</summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Ping interval of idle upstream connections; 0 = never. Default 30 s.</summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait for a pong; the public service may take 30 s, so use at least a minute. Default 90 s.</summary>
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(90);
}

/// <summary>One upstream with one key.</summary>
public sealed class UpstreamOptions
{
    /// <summary>
    /// Name in logs and metrics, and stable id for resumption after a restart. Null = derived from URL and key.
    /// </summary>
    public string? Name { get; set; }

    /// <summary>
    /// URL: <c>https://example.com</c> for any Live server, or with a full path such as Vertex's. Default the public service.
    /// </summary>
    public Uri Url { get; set; } = new("https://generativelanguage.googleapis.com/");

    /// <summary>The operator's key; sent in a header, never in the URL.</summary>
    public string? Key { get; set; }

    /// <summary>A file with the key, read at every connect so that it can be replaced; takes precedence over <see cref="Key"/>.</summary>
    public string? KeyFile { get; set; }

    /// <summary>Sends the key as <c>Authorization: Bearer</c>, as Vertex requires it, in place of <c>x-goog-api-key</c>.</summary>
    public bool IsBearer { get; set; }

    /// <summary>API version in the path; null = that of the client's request.</summary>
    public string? ApiVersion { get; set; }

    /// <summary>
    /// Headers of every connection to this upstream, such as <c>x-goog-user-project</c>. Credentials and headers of the connection are refused at the start.
    /// </summary>
    public IDictionary<string, string> Headers { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Names of headers that are passed on from the client's upgrade request. A value that is longer than 1,024 characters or not ASCII is left out.
    /// Default none.
    /// </summary>
    public IList<string> ForwardHeaders { get; } = [];
}
