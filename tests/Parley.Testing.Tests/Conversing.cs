using Parley.Client;

namespace Parley.Testing.Tests;

/// <summary>A session whose updates are collected in the background.</summary>
internal sealed class Conversing : IAsyncDisposable
{
    internal const string Model = "gemini-3.8-live", BlockingModel = "gemini-3.1-flash-live-preview";

    private readonly EventLog<LiveUpdate> _updates = new();
    private readonly Task _reading;

    private Conversing(LiveSession session)
    {
        Session = session;
        _reading = ReadAsync();
    }

    internal LiveSession Session { get; }

    internal IReadOnlyList<LiveUpdate> Updates => _updates.Snapshot;

    internal string Said => string.Concat(Updates.OfType<OutputTranscriptUpdate>().Select(static update => update.Text));

    internal static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    internal static async Task<Conversing> StartAsync(LiveTestServer server, LiveSetup? setup = null, Action<LiveClientOptions>? configure = null) =>
        new(await server.CreateClient(configure).ConnectAsync(setup ?? new LiveSetup { Model = Model, OutputTranscription = true }, Cancellation));

    /// <summary>The next update of a type, past or future.</summary>
    internal async Task<T> FirstAsync<T>(Func<T, bool>? where = null)
        where T : LiveUpdate => (T)await _updates.FirstAsync(update => update is T typed && where?.Invoke(typed) != false, $"a {typeof(T).Name}", Cancellation);

    /// <summary>Waits until so many turns are complete.</summary>
    internal Task TurnsAsync(int count)
    {
        var seen = 0;
        return _updates.FirstAsync(update => update is TurnCompleteUpdate && ++seen == count, $"{count} turns are complete", Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await Session.DisposeAsync();
        await _reading;
    }

    private async Task ReadAsync()
    {
        await foreach (var update in Session.ReadAllAsync(CancellationToken.None))
            _updates.Add(update);
    }
}
