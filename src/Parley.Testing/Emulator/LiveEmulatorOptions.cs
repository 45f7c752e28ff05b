using Microsoft.Extensions.Logging;

namespace Parley.Testing;

/// <summary>Options of a <see cref="LiveEmulator"/>.</summary>
public sealed class LiveEmulatorOptions
{
    /// <summary>The port on loopback. Default 0: a free one.</summary>
    public int Port { get; set; }

    /// <summary>
    /// The scenarios. With one, its key is <see cref="ApiKey"/>; with several, the key of each is the name of its file without the extension. None, the
    /// default: the server repeats what it hears.
    /// </summary>
    public IList<ScenarioFile> Scenarios { get; } = [];

    /// <summary>The key of the only scenario. Default <c>test-key</c>.</summary>
    public string ApiKey { get; set; } = "test-key";

    /// <summary>
    /// Whether the port has TLS, for clients that open nothing but <c>wss:</c>, such as the official Python SDK. The certificate is for <c>localhost</c>,
    /// <c>127.0.0.1</c> and <c>::1</c>; clients must trust <see cref="LiveEmulator.CaFile"/>. Default false.
    /// </summary>
    public bool Tls { get; set; }

    /// <summary>Whether time stands still until the control API advances it. Default false: real time.</summary>
    public bool VirtualTime { get; set; }

    /// <summary>Real time without input after which a client of another process counts as idle, when virtual time is advanced. Default 20 ms.</summary>
    public TimeSpan ClientTime { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Enables quirks on every server, besides those of its scenario. Default: none.</summary>
    public Action<QuirkSet>? ConfigureQuirks { get; set; }

    /// <summary>
    /// Ways in which every server breaks the protocol on purpose. A server without a scenario then answers what the checks of <c>parley conform</c> say, as
    /// <see cref="LiveConformance.AnswerChecks"/> does. Default: none.
    /// </summary>
    public IList<ServerDefect> Defects { get; } = [];

    /// <summary>Receives the log of the servers; null = none.</summary>
    public ILoggerProvider? Logger { get; set; }
}
