namespace Parley.Cli.Hosting;

/// <summary>What <c>parley serve</c> was asked for on the command line.</summary>
internal sealed record ServeSettings
{
    internal string Host { get; init; } = "127.0.0.1";

    /// <summary>0 = any free port.</summary>
    internal int Port { get; init; } = 8080;

    internal IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>Serve the browser console at <c>/</c>.</summary>
    internal bool Console { get; init; }

    internal bool Strict { get; init; }

    /// <summary>Address of a Live server to relay to; null = the public service, once there is a key.</summary>
    internal string? Upstream { get; init; }

    /// <summary>The operator's key there; null = relay only what the configuration says.</summary>
    internal string? UpstreamKey { get; init; }

    /// <summary>Port of loopback with <c>/metrics</c>; null = none.</summary>
    internal int? MetricsPort { get; init; }

    internal DirectoryInfo? Record { get; init; }

    internal FileInfo? ConfigFile { get; init; }

    /// <summary>Where tokens, keys, usage and sessions are kept; null = in memory.</summary>
    internal string? Data { get; init; }

    /// <summary>Port of the admin API, on this machine only; null = none, 0 = any free one.</summary>
    internal int? AdminPort { get; init; }

    internal bool Verbose { get; init; }

    /// <summary>One JSON object a line in the log, with scopes.</summary>
    internal bool LogJson { get; init; }

    /// <summary>Only errors are logged.</summary>
    internal bool Quiet { get; init; }
}
