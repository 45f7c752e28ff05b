using Parley.Protocol;

namespace Parley.Server;

/// <summary>Options of the Live API: the configuration section <c>Live</c>. Read once at the start.</summary>
public sealed class LiveApiOptions
{
    /// <summary>Keys that may open sessions and mint tokens; none = only the development key.</summary>
    public IList<string> ApiKeys { get; } = [];

    /// <summary>
    /// A well-known key for the developer's own machine: accepted only from loopback, not through a proxy, and not from a page of another site. Null = none.
    /// Default <c>parley-dev</c>.
    /// </summary>
    public string? DevelopmentKey { get; set; } = "parley-dev";

    /// <summary>
    /// Accepts the development key from pages without an origin, such as an HTML file opened from disk. Browsers report the same for a sandboxed frame of any
    /// web page, so that any page can then use the server. Default false.
    /// </summary>
    public bool AllowFilePages { get; set; }

    /// <summary>
    /// Refuses bad credentials with 401 or 403, and exceeded limits with 429, in place of the upgrade. Default false: the upgrade is accepted and the first
    /// message answered with the close of the public service, which existing clients can show.
    /// </summary>
    public bool RejectAtHttp { get; set; }

    /// <summary>Origins from which browsers may connect, such as <c>https://example.com</c>; none = all. Others get 403.</summary>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>
    /// Paths of the application, such as <c>/hubs</c>, whose requests are passed on unchanged. In all other requests <c>key</c>, <c>access_token</c> and their
    /// like are replaced in the query string, so that no log contains a credential. None by default.
    /// </summary>
    public IList<string> ApplicationPaths { get; } = [];

    /// <summary>Accepted deviations from the public service; default the forms of the WebSocket guide.</summary>
    public LiveCompatibility Compatibility { get; set; } = LiveCompatibility.Guide;

    /// <summary>
    /// Day of the public service that is imitated: models that existed then are listed and have the rules of that day. Null = today. Default null.
    /// </summary>
    public DateOnly? ModelsAsOf { get; set; }

    /// <summary>WebSocket message type of server messages; default by the client's setup.</summary>
    public LiveFrameKind Frames { get; set; } = LiveFrameKind.Automatic;

    /// <summary>Writes JSON with line breaks, as the public service does. Default false: compact, which costs a third less for audio.</summary>
    public bool IndentedJson { get; set; }

    /// <summary>
    /// Name of this server among those that share its stores, for operators: in lists and metrics. 1 to 100 ASCII characters, without spaces.
    /// Default the name of the machine; in Kubernetes that is the name of the pod.
    /// </summary>
    public string NodeName { get; set; } = Environment.MachineName;

    /// <summary>Size and speed limits of client messages.</summary>
    public LiveMessageOptions Messages { get; } = new();

    /// <summary>Limits and timeouts of connections.</summary>
    public LiveConnectionOptions Connections { get; } = new();

    /// <summary>Lifetimes and counts of sessions, handles and tokens.</summary>
    public LiveSessionOptions Sessions { get; } = new();

    /// <summary>Sign-in by the application's own schemes.</summary>
    public LiveSignInOptions SignIn { get; } = new();

    /// <summary>The admin API.</summary>
    public LiveAdminOptions Admin { get; } = new();

    /// <summary>The browser console.</summary>
    public LiveConsoleOptions Console { get; } = new();

    /// <summary>What models cost.</summary>
    public LivePriceOptions Prices { get; } = new();

    /// <summary>Limits of events.</summary>
    public LiveEventOptions Events { get; } = new();

    /// <summary>Limits of calls in which the server takes part.</summary>
    public LiveCallOptions Calls { get; } = new();

    /// <summary>Receivers of events over HTTP, by name: 1 to 50 lower-case letters, digits and hyphens. None by default.</summary>
    public IDictionary<string, LiveWebhookOptions> Webhooks { get; } = new Dictionary<string, LiveWebhookOptions>(StringComparer.Ordinal);
}

/// <summary>WebSocket message type of server messages.</summary>
public enum LiveFrameKind
{
    /// <summary>
    /// Text for clients that open with the guide's <c>config</c>, because they parse <c>event.data</c> directly; binary for all others, as the
    /// public service.
    /// </summary>
    Automatic,

    /// <summary>Always text.</summary>
    Text,

    /// <summary>Always binary.</summary>
    Binary,
}
