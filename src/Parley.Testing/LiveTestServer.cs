using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Parley.Client;
using Parley.Protocol;
using Parley.Server;
using Parley.Testing.Cassettes;
using Parley.Testing.Journal;
using Parley.Testing.Quirks;
using Parley.Testing.Scenarios;
using Parley.Testing.Wire;

namespace Parley.Testing;

/// <summary>
/// A Live API server in the process of a test: real Kestrel and real WebSockets without a port, with a script in place of a model.
/// <code>
/// await using var server = await LiveTestServer.StartAsync();
/// server.When("lamp").Calls("set_lamp", new { on = true }).Says("Done.");
/// var app = new Concierge(server.CreateClient());
/// </code>
/// Safe for use by many threads; servers are independent, so tests may run in parallel.
/// </summary>
public sealed class LiveTestServer : IAsyncDisposable
{
    private readonly LiveTestServerOptions _options;
    private readonly InMemoryHost _host;
    private readonly WireJournal _wire;
    private readonly ConcurrentDictionary<string, LiveTest> _tests;
    private readonly CassetteHost? _cassette;
    private bool _isDisposed;

    private LiveTestServer(
        LiveTestServerOptions options, InMemoryHost host, WireJournal wire, Scenario scenario, QuirkSet quirks, FaultPlan faults,
        ConcurrentDictionary<string, LiveTest> tests, CassetteHost? cassette)
    {
        (_options, _host, _wire, Scenario, Quirks, Faults, _tests, _cassette) = (options, host, wire, scenario, quirks, faults, tests, cassette);
        Journal = new LiveJournal(wire.All);
        if (options.TimeProvider is TestClock clock)
            clock.Settle(host.QuietAsync);
    }

    /// <summary>The cassette that is played, or what was recorded so far; null if the server follows a scenario.</summary>
    public Cassette? Cassette => _cassette?.Cassette;

    /// <summary>What the cassette is used for: <see cref="CassetteMode.Replay"/>, <see cref="CassetteMode.Record"/> or <see cref="CassetteMode.RecordMissing"/>; null without one.</summary>
    public CassetteMode? CassetteMode => _cassette?.Mode;

    /// <summary>What the server does for clients with <see cref="ApiKey"/>, unless it plays a cassette.</summary>
    public Scenario Scenario { get; }

    /// <summary>Quirks of the server for clients with <see cref="ApiKey"/>; none at first.</summary>
    public QuirkSet Quirks { get; }

    /// <summary>What breaks between the server and its clients.</summary>
    public FaultPlan Faults { get; }

    /// <summary>What passed the server, for clients with any key.</summary>
    public LiveJournal Journal { get; }

    internal InMemoryHost Host => _host;

    /// <summary>Where clients connect to: the port on loopback if there is one, otherwise an address that only <see cref="Invoker"/> knows.</summary>
    public Uri BaseAddress => _host.LoopbackAddress ?? _host.BaseAddress;

    /// <summary>The key that the server accepts.</summary>
    public string ApiKey => _options.ApiKey;

    /// <summary>Connects HTTP and WebSockets to this server, for clients that take an invoker.</summary>
    public HttpMessageInvoker Invoker => _host.Invoker;

    /// <summary>The virtual clock.</summary>
    /// <exception cref="InvalidOperationException">The server has another clock (<see cref="LiveTestServerOptions.TimeProvider"/>).</exception>
    public TestClock Clock => _options.TimeProvider as TestClock ?? throw new InvalidOperationException("The server has a clock that cannot be advanced: leave LiveTestServerOptions.TimeProvider as it is, or give a TestClock.");

    /// <summary>The log of the server.</summary>
    public LogRecorder Logs => _host.Logs;

    /// <summary>Starts a server.</summary>
    /// <param name="configure">Changes the options; null = the defaults.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    public static async Task<LiveTestServer> StartAsync(Action<LiveTestServerOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        var options = new LiveTestServerOptions();
        configure?.Invoke(options);
        var wire = new WireJournal(options.TimeProvider);
        var cassette = Open(options, ref wire);
        var (scenario, quirks, world, faults) = (new Scenario(), new QuirkSet(), new QuirkWorld(), new FaultPlan(options.TimeProvider));
        wire.Observed = world.Observed;
        var tests = new ConcurrentDictionary<string, LiveTest>(StringComparer.Ordinal);
        var host = await InMemoryHost.StartAsync(
            builder =>
            {
                if (options.Logger is { } logger)
                    builder.Logging.AddProvider(logger);
                if (cassette is not null)
                    return;
                builder.Services.AddSingleton<ILiveWireObserver>(wire);
                var live = builder.Services.AddLiveApi(server =>
                {
                    server.DevelopmentKey = null;
                    // Rate limits wait on the clock, which stands still.
                    server.Connections.MaxConnectionsPerSecond = 0;
                    server.Connections.MaxInputBytesPerSecond = 0;
                    server.Connections.MaxDiscardedBytesPerSecond = 0;
                    server.Connections.MaxOpensPerAddressPerMinute = 0;
                    server.ApiKeys.Add(options.ApiKey);
                    server.ModelsAsOf = options.ModelsAsOf;
                    if (options.IsStrict)
                        server.Compatibility = LiveCompatibility.Strict;
                    options.ConfigureServerFirst?.Invoke(server);
                    options.ConfigureServer?.Invoke(server);
                });
                (Scenario, QuirkSet) TestOf(LiveCaller? caller) =>
                    caller is not null && tests.TryGetValue(caller.KeyId, out var test) ? (test.Scenario, test.Quirks) : (scenario, quirks);
                var model = new ScenarioModel(TestOf, options, wire, options.TimeProvider);
                var quirky = new QuirkModel(model, caller => TestOf(caller).Item2, world, wire.FirstMessage, options.TimeProvider);
                live.UseDefaultModel(_ => quirky);
                if (options.Profile is { } profile)
                    live.AddModel("*", _ => quirky, profile);
                options.ConfigureModels?.Invoke(live);
            },
            app =>
            {
                if (cassette is null)
                    app.MapLiveApi();
                else
                    cassette.Map(app);
            },
            options.Port,
            options.TimeProvider,
            link =>
            {
                link.Filters.AddRange([faults.Connect, .. options.Filters, .. options.Defects.Select(static Func<int, IMessageFilter> (defect) => _ => defect.CreateFilter())]);
                link.PongDelay = () => quirks.IsEnabled(Quirk.LatePongs) ? QuirkStages.PongDelay : TimeSpan.Zero;
            },
            cancellationToken).ConfigureAwait(false);
        return new LiveTestServer(options, host, wire, scenario, quirks, faults, tests, cassette);
    }

    /// <summary>Starts a server that does what a file says.</summary>
    /// <param name="file">The scenario.</param>
    /// <param name="configure">Changes the options; it wins over the file.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    public static async Task<LiveTestServer> StartAsync(ScenarioFile file, Action<LiveTestServerOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        var server = await StartAsync(
            options =>
            {
                file.Configure(options);
                configure?.Invoke(options);
            },
            cancellationToken).ConfigureAwait(false);
        file.AddTo(server.Scenario);
        file.AddTo(server.Faults);
        file.AddTo(server.Quirks);
        return server;
    }

    /// <summary>Adds a rule: <see cref="Scenario.When(TurnMatch)"/>.</summary>
    public ScenarioRule When(TurnMatch match) => Rules.When(match);

    /// <summary>Adds a rule: <see cref="Scenario.When(string)"/>.</summary>
    public ScenarioRule When(string words) => Rules.When(words);

    /// <summary>Adds a rule: <see cref="Scenario.WhenOpened"/>.</summary>
    public ScenarioRule WhenOpened() => Rules.WhenOpened();

    /// <summary>
    /// Adds a test to a server that several share: with an API key, a scenario and a journal of its own. The clock and <see cref="CutConnections"/> are
    /// everybody's; a test that advances time has a server of its own.
    /// </summary>
    /// <param name="name">Name of the test, for messages.</param>
    public LiveTest AddTest(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var keys = _host.Services.GetRequiredService<LiveKeys>();
        // Kept in memory, so this never waits.
        var key = keys.CreateAsync("test").GetAwaiter().GetResult();
        var test = new LiveTest(this, name, key.Secret, _wire.Add(key.Key.Id), async () =>
        {
            _tests.TryRemove(key.Key.Id, out _);
            _wire.Remove(key.Key.Id);
            await keys.RevokeAsync(key.Key.Id).ConfigureAwait(false);
        });
        _tests[key.Key.Id] = test;
        return test;
    }

    /// <summary>A client of this server, on the same clock.</summary>
    /// <param name="configure">Changes its options.</param>
    public LiveClient CreateClient(Action<LiveClientOptions>? configure = null) => LiveClient.FromApiKey(ApiKey, ClientOptions(configure));

    /// <summary>Options of a client of this server, for a client that the test creates itself.</summary>
    public LiveClientOptions ClientOptions(Action<LiveClientOptions>? configure = null)
    {
        var options = new LiveClientOptions { BaseAddress = BaseAddress, Invoker = Invoker, TimeProvider = _options.TimeProvider };
        // Delays before a reconnect are the same in each run.
        options.Resumption.JitterSeed = 1;
        configure?.Invoke(options);
        return options;
    }

    /// <summary>
    /// Advances the virtual clock, timer by timer, and returns when client and server have nothing left to do. While a cassette is recorded over the network, it
    /// waits for as long.
    /// </summary>
    /// <param name="time">How far.</param>
    /// <param name="cancellationToken">Cancels the wait, not the work.</param>
    public async Task AdvanceAsync(TimeSpan time, CancellationToken cancellationToken = default)
    {
        if (_cassette is not null && _options.TimeProvider is not TestClock)
        {
            await Task.Delay(time, _options.TimeProvider, cancellationToken).ConfigureAwait(false);
            return;
        }
        await _host.QuietAsync(cancellationToken).ConfigureAwait(false);
        await Clock.AdvanceAsync(time, cancellationToken).ConfigureAwait(false);
        await _host.QuietAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits until client and server have nothing left to do at the present time.</summary>
    public Task QuietAsync(CancellationToken cancellationToken = default) => _host.QuietAsync(cancellationToken);

    /// <summary>Count of what has moved on connections in this process.</summary>
    internal long Traffic => _host.Traffic;

    /// <summary>The client's end of a new connection.</summary>
    internal Task<Stream> OpenStreamAsync() => _host.OpenRawStreamAsync();

    /// <summary>Cuts every connection, as a lost network does.</summary>
    /// <returns>How many there were.</returns>
    public int CutConnections() => _host.CutConnections();

    /// <summary>
    /// Checks that the scenario was followed and that the faults have happened: <see cref="Scenario.Verify"/>, <see cref="FaultPlan.Verify"/>.
    /// With a cassette: that the clients sent what it contains; what was recorded is saved when the server is disposed.
    /// </summary>
    /// <exception cref="ExpectationException">It was not.</exception>
    /// <exception cref="CassetteException">What was recorded contains a secret; the message says where.</exception>
    public void Verify()
    {
        if (_cassette is { } cassette)
            cassette.Verify();
        else
            Scenario.Verify();
        Faults.Verify();
    }

    /// <summary>Forgets rules, uses, quirks, faults and the journal; connections stay open.</summary>
    public void Reset()
    {
        Scenario.Reset();
        Quirks.Clear();
        Faults.Clear();
        _wire.All.Entries.Clear();
    }

    /// <summary>Opens a connection without a port.</summary>
    internal async ValueTask<Stream> ConnectAsync() => await _host.OpenRawStreamAsync().ConfigureAwait(false);

    /// <summary>Cuts connections and stops the server. Saves a recording that was verified.</summary>
    /// <exception cref="ExpectationException">The server logged an error.</exception>
    /// <exception cref="CassetteException">The recording cannot be saved.</exception>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        await _host.DisposeAsync().ConfigureAwait(false);
        _cassette?.Save();
    }

    private Scenario Rules => _cassette is null
        ? Scenario
        : throw new InvalidOperationException("The server plays a cassette, so a rule would never be used. Start another server for the scenario.");

    private static CassetteHost? Open(LiveTestServerOptions options, ref WireJournal wire)
    {
        if (options.Cassette is not { } cassette)
            return null;
        // A server in the network does not wait for a clock of ours.
        if (options.TimeProvider is TestClock && cassette.UpstreamInvoker is null && cassette.EffectiveMode() is not Testing.CassetteMode.Replay)
            (options.TimeProvider, wire) = (TimeProvider.System, new WireJournal(TimeProvider.System));
        return new CassetteHost(cassette, options.TimeProvider, wire);
    }
}
