namespace Parley.Cli.Hosting;

/// <summary>The options of <c>parley serve</c>.</summary>
internal sealed record ServeSettings
{
    internal string Host { get; init; } = "127.0.0.1";

    /// <summary>0 picks a free port.</summary>
    internal int Port { get; init; } = 8080;

    internal IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>Serve the browser console at <c>/</c>.</summary>
    internal bool Console { get; init; }

    internal bool Strict { get; init; }

    /// <summary>Accept the development key from pages without an origin, such as files.</summary>
    internal bool AllowFilePages { get; init; }

    /// <summary>URL of the Live server to relay to; null = the public service, if <see cref="UpstreamKey"/> is set.</summary>
    internal string? Upstream { get; init; }

    /// <summary>The operator's key for it; null = relay only as the configuration says.</summary>
    internal string? UpstreamKey { get; init; }

    /// <summary>What --stt, --tts and --llm set, by the names in configuration.</summary>
    internal IReadOnlyDictionary<string, string?> Engines { get; init; } = new Dictionary<string, string?>();

    /// <summary>Port of <c>/metrics</c>; null = no metrics endpoint.</summary>
    internal int? MetricsPort { get; init; }

    /// <summary>Address of <see cref="MetricsPort"/>.</summary>
    internal string MetricsHost { get; init; } = "127.0.0.1";

    /// <summary>Folder for recordings of every message; null = no recording.</summary>
    internal string? Record { get; init; }

    /// <summary>Folder for records of calls; null = as configured, or none.</summary>
    internal string? RecordCalls { get; init; }

    /// <summary>Path of the configuration; null = none.</summary>
    internal string? ConfigFile { get; init; }

    /// <summary>A configuration that was read already; null = none.</summary>
    internal byte[]? ConfigInput { get; init; }

    /// <summary>Folder of tokens, keys, usage and resumable sessions; null = in memory.</summary>
    internal string? Data { get; init; }

    /// <summary>Connection string of a PostgreSQL database that is used instead of <see cref="Data"/>; null = as configured, or none.</summary>
    internal string? Postgres { get; init; }

    /// <summary>Loopback port of the admin API; null = no admin API, 0 picks a free port.</summary>
    internal int? AdminPort { get; init; }

    /// <summary>Serve the control API of calls.</summary>
    internal bool Calls { get; init; }

    /// <summary>Proxies whose forwarded headers are believed.</summary>
    internal IReadOnlyList<string> TrustedProxies { get; init; } = [];

    /// <summary>Serve telephone calls at <c>/phone</c>.</summary>
    internal bool Phone { get; init; }

    internal bool Verbose { get; init; }

    /// <summary>Log one JSON object per line, with scopes.</summary>
    internal bool LogJson { get; init; }

    /// <summary>Log errors only.</summary>
    internal bool Quiet { get; init; }

    /// <summary>Warm up the engines after the start, unless the configuration says otherwise; not worth it for a single question.</summary>
    internal bool WarmUp { get; init; } = true;
}
