namespace Parley.Testing.Emulator;

/// <summary>
/// One isolated test server of an emulator, with the key that leads to it: its own scenario, journal, faults and clock. A reset replaces the server as a whole,
/// so that nothing of a test is left for the next.
/// </summary>
internal sealed class EmulatorSpace : IAsyncDisposable
{
    private readonly LiveEmulatorOptions _options;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly List<string> _errors = [];
    private LiveTestServer _server;
    private long _seen;

    private EmulatorSpace(string key, ScenarioFile? file, LiveEmulatorOptions options, LiveTestServer server)
    {
        (Key, File, _options, _server) = (key, file, options, server);
        Settle(server);
    }

    internal string Key { get; }

    /// <summary>The scenario; null = the server repeats what it hears.</summary>
    internal ScenarioFile? File { get; private set; }

    internal LiveTestServer Server => Volatile.Read(ref _server);

    internal bool HasVirtualTime => _options.VirtualTime;

    /// <summary>Errors that the server logged; each is a defect of the kit or of the scenario.</summary>
    internal IReadOnlyList<string> Errors
    {
        get
        {
            lock (_errors)
                return [.. _errors, .. Server.Logs.UnexpectedErrors.Select(static error => error.ToString())];
        }
    }

    internal static async Task<EmulatorSpace> StartAsync(string key, ScenarioFile? file, LiveEmulatorOptions options, CancellationToken cancellationToken) =>
        new(key, file, options, await StartServerAsync(key, file, options, cancellationToken).ConfigureAwait(false));

    /// <summary>Starts again, with this scenario; connections are cut.</summary>
    internal async Task ReplaceAsync(ScenarioFile? file, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var next = await StartServerAsync(Key, file, _options, cancellationToken).ConfigureAwait(false);
            Settle(next);
            File = file;
            var last = Interlocked.Exchange(ref _server, next);
            await DisposeAsync(last).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Advances the virtual clock. Whenever a timer has sent something, the client gets time to answer before the clock goes on.</summary>
    internal async Task AdvanceAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await IdleAsync(_server, cancellationToken).ConfigureAwait(false);
            await _server.AdvanceAsync(time, cancellationToken).ConfigureAwait(false);
            await IdleAsync(_server, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>What was not as the scenario says; null if everything was.</summary>
    internal async Task<string?> VerifyAsync(CancellationToken cancellationToken)
    {
        await Server.QuietAsync(cancellationToken).ConfigureAwait(false);
        var report = Errors.Count == 0 ? null : $"The server logged errors:\n{string.Join('\n', Errors)}";
        try
        {
            Server.Verify();
        }
        catch (ExpectationException e)
        {
            report = report is null ? e.Message : $"{e.Message}\n{report}";
        }
        return report;
    }

    public async ValueTask DisposeAsync()
    {
        await DisposeAsync(Server).ConfigureAwait(false);
        _gate.Dispose();
    }

    private static async Task<LiveTestServer> StartServerAsync(string key, ScenarioFile? file, LiveEmulatorOptions options, CancellationToken cancellationToken)
    {
        var answersChecks = file is null && options.Defects.Count > 0;
        var server = await (file is null
            ? LiveTestServer.StartAsync(Configure, cancellationToken)
            : LiveTestServer.StartAsync(file, Configure, cancellationToken)).ConfigureAwait(false);
        if (answersChecks)
            LiveConformance.AnswerChecks(server.Scenario);
        else if (file is null)
            server.Scenario.IsStrict = false;
        options.ConfigureQuirks?.Invoke(server.Quirks);
        return server;

        void Configure(LiveTestServerOptions server)
        {
            server.ApiKey = key;
            server.TimeProvider = options.VirtualTime ? new TestClock() : TimeProvider.System;
            server.Logger = options.Logger;
            if (answersChecks)
                server.Recognize = static _ => "hello";
            foreach (var defect in options.Defects)
                server.Defects.Add(defect);
        }
    }

    private void Settle(LiveTestServer server)
    {
        if (!_options.VirtualTime)
            return;
        server.Clock.Settle(cancellationToken => server.Traffic == Volatile.Read(ref _seen) ? Task.CompletedTask : IdleAsync(server, cancellationToken));
    }

    // The client is another process, whose work nobody sees: it is idle when nothing has come from it for a while of real time.
    private async Task IdleAsync(LiveTestServer server, CancellationToken cancellationToken)
    {
        long before;
        do
        {
            before = server.Traffic;
            await Task.Delay(_options.ClientTime, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            await server.QuietAsync(cancellationToken).ConfigureAwait(false);
        }
        while (server.Traffic != before);
        Volatile.Write(ref _seen, before);
    }

    private async Task DisposeAsync(LiveTestServer server)
    {
        try
        {
            await server.DisposeAsync().ConfigureAwait(false);
        }
        catch (ExpectationException e)
        {
            lock (_errors)
                _errors.Add(e.Message);
        }
    }
}
