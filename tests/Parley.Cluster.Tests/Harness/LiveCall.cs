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
    private readonly Figures _figures;
    private readonly int _first;
    private readonly StringBuilder _text = new();
    private readonly ConcurrentQueue<string> _events = [], _faults = [];
    private readonly Task _reading;
    private TaskCompletionSource? _answer;
    private int _turn;
    private long _reconnected;
    private int _reconnects;

    private LiveCall(LiveSession session, int number, Figures figures, ConcurrentDictionary<int, int> runs)
    {
        (_session, Number, _figures, Runs) = (session, number, figures, runs);
        // So that calls which speak at the same time are at different places of their turns.
        _first = 1 + (number / 2 % 3);
        _turn = _first - 1;
        _reading = ReadAsync();
    }

    public int Number { get; }

    public bool IsRelayed => Number % 2 == 1;

    /// <summary>How often it has continued on another connection.</summary>
    public int Reconnects => Volatile.Read(ref _reconnects);

    public SessionUsage Usage => _session.Usage;

    /// <summary>Runs of its function by turn.</summary>
    private ConcurrentDictionary<int, int> Runs { get; }

    public static async Task<LiveCall> OpenAsync(LiveCluster cluster, int number, Figures figures)
    {
        var runs = new ConcurrentDictionary<int, int>();
        var client = LiveClient.FromApiKey(LiveCluster.Key, new LiveClientOptions
        {
            BaseAddress = cluster.Address,
            Resumption = new ResumptionOptions { Transparent = true, JitterSeed = number },
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
        return new LiveCall(session, number, figures, runs);
    }

    /// <summary>Asks the next question, and waits for the end of its answer.</summary>
    public async Task AskAsync()
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_text)
            _text.Clear();
        _turn++;
        Volatile.Write(ref _answer, answer);
        try
        {
            Note(Conversation.Question(_turn));
            await _session.SendTextAsync(Conversation.Question(_turn));
            await Expect.WithinAsync(answer.Task, $"the end of turn {_turn}", Longest);
        }
        catch (Exception e)
        {
            throw new ExpectationException($"{this}: {e.Message}", e);
        }
        lock (_text)
            Assert.Equal($"{Number}: {Conversation.Expected(_first, _turn)}", $"{Number}: {_text}");
    }

    /// <summary>Waits until the session can be resumed after its newest turn.</summary>
    public Task WhenResumableAsync() => Polling.UntilAsync(() => Task.FromResult(_session.ResumptionHandle is not null), $"a handle of call {Number}");

    /// <summary>Checks what must be true at its end: it runs, nothing came that was not asked for, and its function ran once for each call.</summary>
    public void Check()
    {
        Assert.False(_session.Completion.IsCompleted, ToString());
        Assert.True(_faults.IsEmpty, $"{string.Join(", ", _faults)}. {this}");
        Assert.Equal(Enumerable.Range(_first, _turn - _first + 1).Where(Conversation.CallsFunction), Runs.Keys.Order());
        Assert.All(Runs, run => Assert.Equal($"{Number}: turn {run.Key} ran 1 times", $"{Number}: turn {run.Key} ran {run.Value} times"));
    }

    public async ValueTask DisposeAsync()
    {
        await _session.CloseAsync();
        await _session.DisposeAsync();
        await _reading;
    }

    public override string ToString() => $"Call {Number} ({(IsRelayed ? "relayed" : "local")}), turn {_turn}, said '{_text}':\n  {string.Join("\n  ", _events.TakeLast(25))}";

    private async Task ReadAsync()
    {
        await foreach (var update in _session.ReadAllAsync())
        {
            if (update is not UsageUpdate)
                Note(update);
            switch (update)
            {
                case TextUpdate text:
                    lock (_text)
                        _text.Append(text.Text);
                    Continued();
                    break;
                case ToolCallUpdate:
                    Continued();
                    break;
                case TurnCompleteUpdate { IsIdle: true } or IdleUpdate:
                    Complete();
                    break;
                case ReconnectedUpdate reconnected:
                    Interlocked.Increment(ref _reconnects);
                    _figures.Reconnect.Add(reconnected.Took);
                    _reconnected = _answer is null ? 0 : TimeProvider.System.GetTimestamp();
                    if (!reconnected.IsResumed)
                        _faults.Enqueue("a new session began");
                    break;
                case InterruptedUpdate:
                    _faults.Enqueue("an answer was interrupted");
                    break;
                case SessionEndedUpdate ended:
                    Volatile.Read(ref _answer)?.TrySetException(new ExpectationException($"The session ended: {ended.End}"));
                    break;
            }
        }
    }

    private void Note(object what) => _events.Enqueue($"{TimeProvider.System.GetUtcNow():mm:ss.fff} {what}");

    private void Continued()
    {
        if (_reconnected == 0)
            return;
        _figures.Continue.Add(TimeProvider.System.GetElapsedTime(_reconnected));
        _reconnected = 0;
    }

    private void Complete()
    {
        Continued();
        if (Interlocked.Exchange(ref _answer, null) is { } answer)
            answer.SetResult();
        else
            _faults.Enqueue("a turn came that nobody had asked for");
    }
}
