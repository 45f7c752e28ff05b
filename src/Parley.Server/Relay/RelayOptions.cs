namespace Parley.Server;

/// <summary>Where sessions are relayed to, and how calls outlive their upstream connections. Read once at the start.</summary>
public sealed class RelayOptions
{
    /// <summary>Where to connect, most wanted first: one is enough, more are taken in turn when those before fail.</summary>
    public IList<UpstreamOptions> Upstreams { get; } = [];

    /// <summary>Names that this machine answers although there is an upstream; <c>*</c> stands for any characters. Default none.</summary>
    public IList<string> LocalModels { get; } = [];

    /// <summary>What every key may do that no policy of <see cref="Policies"/> names. Default everything.</summary>
    public RelayPolicy Policy { get; set; } = new();

    /// <summary>Policies of certain keys, by a name of your own.</summary>
    public IDictionary<string, RelayPolicy> Policies { get; } = new Dictionary<string, RelayPolicy>(StringComparer.Ordinal);

    /// <summary>Time an upstream has from the connect to its <c>setupComplete</c>; then the next one is tried.</summary>
    public TimeSpan SetupTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long an upstream that failed or is out of quota is left alone, while another one is there.</summary>
    public TimeSpan CoolDown { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Age at which an upstream connection is replaced although nothing is wrong with it; null = only when the upstream says goAway.</summary>
    public TimeSpan? RotateAfter { get; set; }

    /// <summary>Longest wait for a good moment (a fresh handle, no open call) once a connection is to be replaced; a goAway may leave less.</summary>
    public TimeSpan RotationPatience { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>
    /// How long nothing is sent before a connection is replaced: an answer that begins meanwhile puts it off, so that what is under way is not lost.
    /// </summary>
    public TimeSpan RotationSettle { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long before the end that goAway tells the connection is replaced at the latest, whatever goes on.</summary>
    public TimeSpan RotationMargin { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Time the old upstream connection has to answer its close before it is cut; resuming waits for it.</summary>
    public TimeSpan UpstreamCloseTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Attempts to resume on the upstream before the client is told of the loss.</summary>
    public int ResumeAttempts { get; set; } = 4;

    /// <summary>What a client may send while its upstream is replaced: beyond it the oldest sound is dropped, and counted.</summary>
    public int MaxHeldBytes { get; set; } = 1 << 20;

    /// <summary>Largest message accepted from an upstream; a longer one ends the session with 1009.</summary>
    public int MaxUpstreamMessageBytes { get; set; } = 16 << 20;

    /// <summary>Longest time one message to the upstream may take; beyond it the upstream counts as lost.</summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often an idle upstream is pinged; zero = never.</summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How late its pong may be; the public service answers up to 30 s late, so not under a minute.</summary>
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(90);
}

/// <summary>One upstream with one key.</summary>
public sealed class UpstreamOptions
{
    /// <summary>
    /// Name for logs and metrics, and for finding the upstream again after a restart: handles are bound to it. Null = made from address and key.
    /// </summary>
    public string? Name { get; set; }

    /// <summary>
    /// Address: <c>https://example.com</c> for any Live server, or a whole path such as Vertex's. Default the public service.
    /// </summary>
    public Uri Url { get; set; } = new("https://generativelanguage.googleapis.com/");

    /// <summary>The operator's key; sent in a header, never in the address.</summary>
    public string? Key { get; set; }

    /// <summary>A file with the key, read at every connect so that it can be renewed; wins over <see cref="Key"/>.</summary>
    public string? KeyFile { get; set; }

    /// <summary>Sends the key as <c>Authorization: Bearer</c>, as Vertex wants it, in place of <c>x-goog-api-key</c>.</summary>
    public bool IsBearer { get; set; }

    /// <summary>Version in the path; null = the one the client asked for.</summary>
    public string? ApiVersion { get; set; }
}
