using Microsoft.Extensions.Logging;
using Parley.Protocol;
using Parley.Server;
using Parley.Testing.Wire;

namespace Parley.Testing;

/// <summary>Options of a <see cref="LiveTestServer"/>.</summary>
public sealed class LiveTestServerOptions
{
    /// <summary>
    /// The clock of the server and of its clients. Default a <see cref="TestClock"/>: no time passes until the test advances it. Give
    /// <see cref="TimeProvider.System"/> for clients that have their own clock.
    /// </summary>
    public TimeProvider TimeProvider { get; set; } = new TestClock();

    /// <summary>The port on loopback; 0 = a free one. Null, the default: no port, connections stay in the process.</summary>
    public int? Port { get; set; }

    /// <summary>The API key that the server accepts. Default <c>test-key</c>.</summary>
    public string ApiKey { get; set; } = "test-key";

    /// <summary>Audio at least this loud, in dBFS, is speech. Default −45.</summary>
    public double SpeechThresholdDb { get; set; } = -45;

    /// <summary>
    /// Words of an utterance (16 kHz PCM16), such as those of a speech recognizer; null = unknown. Called during a message: be quick. Default: none are
    /// known.
    /// </summary>
    public Func<ReadOnlyMemory<byte>, string?>? Recognize { get; set; }

    /// <summary>Speech for a text and the voice of the setup (null = default), as 24 kHz PCM16. Default: tones of plausible length.</summary>
    public Func<string, string?, ReadOnlyMemory<byte>>? Synthesize { get; set; }

    /// <summary>
    /// Day of the service that is imitated: models have the rules of that day, such as <c>gemini-3.1-flash-live-preview</c> those of spring 2026. Null, the
    /// default: the newest rules.
    /// </summary>
    public DateOnly? ModelsAsOf { get; set; }

    /// <summary>Rules of every model, whatever its name (<see cref="ModelProfiles"/>). Null, the default: those of the public model of that name.</summary>
    public LiveModelProfile? Profile { get; set; }

    /// <summary>
    /// Whether the server refuses what the service refuses, even where it makes no difference: models that were shut down, settings that are ignored, and
    /// on the path of Vertex calls without ids. Default false.
    /// </summary>
    public bool IsStrict { get; set; }

    /// <summary>Changes the options of the server underneath, such as lifetimes and limits.</summary>
    public Action<LiveApiOptions>? ConfigureServer { get; set; }

    /// <summary>What a scenario file says about the server; before <see cref="ConfigureServer"/>.</summary>
    internal Action<LiveApiOptions>? ConfigureServerFirst { get; set; }

    /// <summary>Adds services to the server, such as a model of your own for a name.</summary>
    public Action<LiveApiBuilder>? ConfigureModels { get; set; }

    /// <summary>The cassette that takes the place of a scenario; null = none. Set by <see cref="UseCassette(string, Action{CassetteOptions})"/>.</summary>
    public CassetteOptions? Cassette { get; private set; }

    /// <summary>Receives the log of the server; null = none.</summary>
    public ILoggerProvider? Logger { get; set; }

    /// <summary>
    /// Plays a cassette in place of a scenario, or records it. While it records a server that is not in memory, server and clients have the clock of the system.
    /// </summary>
    /// <param name="path">The folder of the cassette; to play only, any recording that <see cref="Testing.Cassette.Load"/> opens.</param>
    /// <param name="configure">Mode, upstream, and what is compared.</param>
    public void UseCassette(string path, Action<CassetteOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Cassette = new CassetteOptions(path, null);
        configure?.Invoke(Cassette);
    }

    /// <summary>Plays a cassette that is loaded.</summary>
    /// <param name="cassette">The cassette.</param>
    /// <param name="configure">What is compared, and the pace.</param>
    public void UseCassette(Cassette cassette, Action<CassetteOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(cassette);
        Cassette = new CassetteOptions(null, cassette);
        configure?.Invoke(Cassette);
    }

    /// <summary>Ways in which the server breaks the protocol on purpose; default none.</summary>
    public IList<ServerDefect> Defects { get; } = [];

    /// <summary>Filters of each connection by its number, from 1; the first is next to the client.</summary>
    internal List<Func<int, IMessageFilter>> Filters { get; } = [];
}
