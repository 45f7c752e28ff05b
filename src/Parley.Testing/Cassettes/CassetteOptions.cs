using System.Net.WebSockets;

namespace Parley.Testing;

/// <summary>How a <see cref="LiveTestServer"/> plays or records a cassette.</summary>
public sealed class CassetteOptions
{
    /// <summary>The environment variable that selects the mode.</summary>
    public const string ModeVariable = "PARLEY_CASSETTE_MODE";

    internal CassetteOptions(string? path, Cassette? loaded) => (Path, Loaded) = (path, loaded);

    /// <summary>The folder of the cassette, or another recording to play; null if the cassette is in memory.</summary>
    public string? Path { get; }

    /// <summary>Play, record, or both. Default <see cref="CassetteMode.Auto"/>; the environment variable <see cref="ModeVariable"/> has precedence.</summary>
    public CassetteMode Mode { get; set; }

    /// <summary>The server to record: a base address such as <c>https://generativelanguage.googleapis.com</c>. Needed to record only.</summary>
    public Uri? Upstream { get; set; }

    /// <summary>The API key for the upstream, in place of the credential that the client sends; null = that of the client.</summary>
    public string? UpstreamKey { get; set; }

    /// <summary>Connects to the upstream; null = over the network. For an upstream in memory: its <see cref="LiveTestServer.Invoker"/>.</summary>
    public HttpMessageInvoker? UpstreamInvoker { get; set; }

    /// <summary>Changes the upgrade request to the upstream: a bearer, a proxy. Null = nothing.</summary>
    public Action<ClientWebSocketOptions>? ConfigureUpstream { get; set; }

    /// <summary>When messages of the server are sent. Default <see cref="CassettePace.LockStep"/>.</summary>
    public CassettePace Pace { get; set; }

    /// <summary>What of the client's messages must be as recorded. Default <see cref="CassetteMatch.Everything"/>.</summary>
    public CassetteMatch Match { get; set; } = CassetteMatch.Everything;

    /// <summary>
    /// Members that may differ, with everything below them: <c>setup.labels</c>, <c>toolResponse.functionResponses[].response.time</c>. <c>[]</c> is any element.
    /// </summary>
    public IList<string> Ignore { get; } = [];

    /// <summary>
    /// Whether a message that is not as recorded closes its connection with 1008 and a reason that names the member. Default true; otherwise the cassette is
    /// played on. <see cref="LiveTestServer.Verify"/> fails in both cases.
    /// </summary>
    public bool IsStrict { get; set; } = true;

    /// <summary>
    /// Whether a recording is saved although <see cref="LiveTestServer.Verify"/> was not called or failed. Default false: only a test that passed leaves a
    /// recording.
    /// </summary>
    public bool SavesUnverified { get; set; }

    /// <summary>Values that must not be in the cassette, besides keys and tokens of known forms: a project, a phone number.</summary>
    public IList<string> Secrets { get; } = [];

    internal Cassette? Loaded { get; }

    // A command line that says what to do has precedence over the variable.
    internal bool UsesEnvironment { get; set; } = true;

    internal CassetteMode EffectiveMode()
    {
        if (Loaded is not null)
            return CassetteMode.Replay;
        var exists = Directory.Exists(Path) || File.Exists(Path);
        return ModeOf(UsesEnvironment ? Environment.GetEnvironmentVariable(ModeVariable) : null, Mode) switch
        {
            CassetteMode.Auto or CassetteMode.RecordMissing when !exists && Upstream is null => throw new CassetteException(
                $"The cassette {Path} does not exist, and CassetteOptions.Upstream names no server to record it from."),
            CassetteMode.Auto => exists ? CassetteMode.Replay : CassetteMode.Record,
            CassetteMode.RecordMissing when !exists => CassetteMode.Record,
            CassetteMode.Replay when !exists => throw new CassetteException($"The cassette {Path} does not exist. Record it first: {ModeVariable}=record"),
            CassetteMode.Record when Upstream is null => throw new CassetteException($"The cassette {Path} cannot be recorded: CassetteOptions.Upstream names no server."),
            var mode => mode,
        };
    }

    /// <exception cref="CassetteException">The variable has another value.</exception>
    internal static CassetteMode ModeOf(string? variable, CassetteMode otherwise) => variable?.Trim().ToLowerInvariant() switch
    {
        null or "" => otherwise,
        "auto" => CassetteMode.Auto,
        "replay" => CassetteMode.Replay,
        "record" => CassetteMode.Record,
        "record-missing" => CassetteMode.RecordMissing,
        _ => throw new CassetteException($"{ModeVariable} is '{variable}'. It must be replay, record, auto or record-missing."),
    };
}
