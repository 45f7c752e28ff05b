using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.AI;
using Parley.Client;
using Parley.Protocol;

namespace Parley.Cluster.Tests.Harness;

/// <summary>A call through the load balancer by our own client, which counts its turns and checks each answer.</summary>
internal sealed class LiveCall : IAsyncDisposable
{
    // Only ends a hung test.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    private readonly LiveSession _session;
    private readonly ConnectionObserver _connections;
    private readonly ConcurrentDictionary<int, int> _runs;
    private readonly Figures _figures;
    private readonly int _first;
    private readonly ConcurrentQueue<string> _events = [];
    private int _turn;

    private LiveCall(LiveSession session, int number, Figures figures, ConnectionObserver connections, ConcurrentDictionary<int, int> runs)
    {
        (_session, Number, _figures, _connections, _runs) = (session, number, figures, connections, runs);
        // So that calls which speak at the same time are at different places of their turns.
        _first = 1 + (number / 2 % 3);
        _turn = _first - 1;
    }

    public int Number { get; }

    /// <summary>How often it has continued on another connection.</summary>
    public int Reconnects => _connections.Count - 1;

    public SessionUsage Usage => _session.Usage;

    private bool IsRelayed => Number % 2 == 1;

    public static async Task<LiveCall> OpenAsync(LiveCluster cluster, int number, Figures figures, string key)
    {
        var runs = new ConcurrentDictionary<int, int>();
        var connections = new ConnectionObserver(figures);
        var client = LiveClient.FromApiKey(key, new LiveClientOptions
        {
            BaseAddress = cluster.Address,
            Resumption = new ResumptionOptions { Transparent = true, JitterSeed = number },
            MessageObserver = connections,
        });
        async Task<string> CountAsync(int turn)
        {
            runs.AddOrUpdate(turn, 1, static (_, before) => before + 1);
            await cluster.Pauses.PassAsync(CancellationToken.None);
            return "counted";
        }
        var session = await client.ConnectAsync(new LiveSetup
        {
            Model = number % 2 == 1 ? LiveCluster.RelayedModel : LiveCluster.LocalModel,
            ResponseModalities = [Modality.Text],
            Tools = [AIFunctionFactory.Create(CountAsync, Conversation.Function)],
        });
        return new LiveCall(session, number, figures, connections, runs);
    }

    /// <summary>Asks the next question, and checks its answer.</summary>
    public async Task AskAsync()
    {
        _turn++;
        var said = new StringBuilder();
        try
        {
            await Expect.WithinAsync(AnswerAsync(said), $"the end of turn {_turn}", Longest);
        }
        catch (Exception e)
        {
            throw new ExpectationException($"{this}: {e.Message}", e);
        }
        if (said.ToString() is var text && text != Conversation.Expected(_first, _turn))
            throw new ExpectationException($"{this}: Expected '{Conversation.Expected(_first, _turn)}', not '{text}'.");
    }

    /// <summary>Waits until it can be resumed.</summary>
    public Task ResumableAsync() => Polling.UntilAsync(() => Task.FromResult(_session.ResumptionHandle is not null), $"a handle of {this}");

    /// <summary>Checks what must be true at its end: it runs, and its function ran once in each turn that called it.</summary>
    public void Check()
    {
        Assert.False(_session.Completion.IsCompleted, ToString());
        Assert.Equal(Enumerable.Range(_first, _turn - _first + 1).Where(Conversation.CallsFunction), _runs.Keys.Order());
        Assert.All(_runs, run => Assert.True(run.Value == 1, $"{this}: The function of turn {run.Key} ran {run.Value} times."));
    }

    public async ValueTask DisposeAsync()
    {
        await _session.CloseAsync();
        await _session.DisposeAsync();
    }

    public override string ToString() => $"Call {Number} ({(IsRelayed ? "relayed" : "local")}), turn {_turn}, {Reconnects} reconnects:\n  {string.Join("\n  ", _events.TakeLast(25))}\n";

    private async Task AnswerAsync(StringBuilder said)
    {
        Note(Conversation.Question(_turn));
        _connections.Asked();
        await foreach (var update in _session.AskStreamingAsync(Conversation.Question(_turn)))
        {
            Note(update);
            if (update is TextUpdate text)
                said.Append(text.Text);
            if (update is ReconnectedUpdate reconnected)
                _figures.Lost.Add(reconnected.Took);
        }
        _connections.Answered();
    }

    private void Note(object what) => _events.Enqueue($"{TimeProvider.System.GetUtcNow():mm:ss.fff} {what}");
}
