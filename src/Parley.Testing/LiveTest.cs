using Parley.Client;
using Parley.Testing.Journal;

namespace Parley.Testing;

/// <summary>
/// One test on a <see cref="LiveTestServer"/> that several share. Clients with its <see cref="ApiKey"/> get its scenario and write its journal, and see
/// nothing of other tests: call ids, numbers of connections and turns, and resumption handles are its own. Create it with
/// <see cref="LiveTestServer.AddTest"/>; disposing it revokes the key.
/// </summary>
public sealed class LiveTest : IAsyncDisposable
{
    private readonly LiveTestServer _server;
    private readonly JournalLog _log;
    private readonly Func<Task> _remove;

    internal LiveTest(LiveTestServer server, string name, string apiKey, JournalLog log, Func<Task> remove)
    {
        (_server, Name, ApiKey, _log, _remove) = (server, name, apiKey, log, remove);
        Journal = new LiveJournal(log);
    }

    /// <summary>Name of the test.</summary>
    public string Name { get; }

    /// <summary>The API key of its clients. Ephemeral tokens that are minted with it belong to the test, too.</summary>
    public string ApiKey { get; }

    /// <summary>What the server does for its clients.</summary>
    public Scenario Scenario { get; } = new();

    /// <summary>Quirks of the server for its clients; none at first.</summary>
    public QuirkSet Quirks { get; } = new();

    /// <summary>What its clients and the server sent.</summary>
    public LiveJournal Journal { get; }

    /// <summary>Adds a rule: <see cref="Scenario.When(TurnMatch)"/>.</summary>
    public ScenarioRule When(TurnMatch match) => Scenario.When(match);

    /// <summary>Adds a rule: <see cref="Scenario.When(string)"/>.</summary>
    public ScenarioRule When(string words) => Scenario.When(words);

    /// <summary>Adds a rule: <see cref="Scenario.WhenOpened"/>.</summary>
    public ScenarioRule WhenOpened() => Scenario.WhenOpened();

    /// <summary>A client of the server with the key of this test.</summary>
    /// <param name="configure">Changes its options.</param>
    public LiveClient CreateClient(Action<LiveClientOptions>? configure = null) => LiveClient.FromApiKey(ApiKey, _server.ClientOptions(configure));

    /// <summary>Checks that the scenario was followed: <see cref="Scenario.Verify"/>.</summary>
    /// <exception cref="ExpectationException">It was not; the message names the test.</exception>
    public void Verify()
    {
        try
        {
            Scenario.Verify();
        }
        catch (ExpectationException e)
        {
            throw new ExpectationException($"{Name}: {e.Message}", e);
        }
    }

    /// <summary>Forgets rules, uses, quirks and the journal; connections stay open.</summary>
    public void Reset()
    {
        Scenario.Reset();
        Quirks.Clear();
        _log.Entries.Clear();
    }

    /// <summary>Revokes the key: no client connects with it any more. Connections that are open end within a minute.</summary>
    public async ValueTask DisposeAsync() => await _remove().ConfigureAwait(false);
}
