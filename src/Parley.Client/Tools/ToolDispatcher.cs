using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Parley.Client.Session;
using Parley.Client.Telemetry;
using Parley.Protocol;

namespace Parley.Client.Tools;

/// <summary>
/// Runs the functions of a session: not on the pump, concurrently, without a limit on their number, each call once. The blocking calls of
/// one message are answered in one message, each of the others in its own as soon as it is done. Every call is answered: a failed, late,
/// refused or unknown one with an error, because a call without an answer blocks the model; only a cancelled call is not answered. A run
/// whose call was lost with a connection continues, and answers the same call if the model makes it again.
/// </summary>
internal sealed class ToolDispatcher(
    LiveSetup setup, bool nonBlockingByDefault, SessionOutput output, SessionState state, UpdateChannel updates, LiveClientOptions options, ILogger logger)
{
    // Answered runs are kept in case their call is lost and made again. Bounds memory with a server that sends no handles.
    private const int KeptRuns = 256;

    private readonly ToolRunner _runner = new(setup, options.TimeProvider, state.Telemetry, logger);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ToolRun> _runs = []; // by id of the call; answered ones too, until a newer handle comes
    private readonly List<ToolExecution> _orphans = [];
    private ToolTable _table = ToolTable.From(setup);
    private int _checkpoints;
    private int _running;

    /// <summary>Replaces the tools in mid-session.</summary>
    internal void Use(IReadOnlyList<LiveTool> tools) => Volatile.Write(ref _table, ToolTable.From(setup with { Tools = tools, Configure = null }));

    internal void Start(ToolCallUpdate update)
    {
        var table = Volatile.Read(ref _table);
        var blocking = new List<ToolRun>();
        foreach (var call in update.Calls)
        {
            var tool = table.Automatic.GetValueOrDefault(call.Name ?? "");
            var isBlocking = IsBlocking(tool?.Behavior ?? table.Manual.GetValueOrDefault(call.Name ?? ""));
            if (!state.TryAddCall(call, isBlocking))
            {
                Log.ToolDuplicate(logger, call.Id, call.Name);
                continue;
            }
            if (!IsAutomatic(call, table))
                continue;
            var run = Begin(call, tool);
            if (isBlocking)
                blocking.Add(run);
            else
                _ = Task.Run(() => AnswerAsync([run]));
        }
        if (blocking.Count > 0)
            _ = Task.Run(() => AnswerAsync(blocking));
    }

    /// <summary>Whether the session answers the call; otherwise the application does.</summary>
    internal bool IsAutomatic(FunctionCall call) => IsAutomatic(call, Volatile.Read(ref _table));

    /// <summary>Whether a function is running, or its answer is being sent.</summary>
    internal bool IsRunning => Volatile.Read(ref _running) > 0;

    internal void Cancel(IReadOnlyList<string> ids)
    {
        foreach (var id in ids)
        {
            lock (_lock)
            {
                if (!_runs.Remove(id, out var run))
                    continue;
                run.Execution.Cancel();
            }
            Log.ToolCancelled(logger, id);
        }
    }

    /// <summary>The server can resume a state that contains the answers up to here.</summary>
    internal void Checkpoint()
    {
        lock (_lock)
        {
            DropAnswered();
            // The first handle of a connection comes before the model can make a call.
            if (++_checkpoints > 1)
                _orphans.Clear();
        }
    }

    /// <summary>A new connection starts: runs whose calls are lost wait for the same calls to be made again.</summary>
    internal void BeginConnection(Carryover carryover)
    {
        lock (_lock)
        {
            _checkpoints = 0;
            foreach (var call in carryover.Lost.ToolCalls)
            {
                if (call.Id is null || !_runs.Remove(call.Id, out var run))
                    continue;
                // A partly read stream cannot be read again.
                if (run.Execution.Stream is null)
                    _orphans.Add(run.Execution);
                else
                    run.Execution.Cancel();
            }
        }
    }

    private void DropAnswered()
    {
        foreach (var (id, _) in _runs.Where(pair => pair.Value.Execution.Completion.IsCompleted && !state.IsOpen(pair.Key)).ToList())
            _runs.Remove(id);
    }

    private bool IsBlocking(Behavior? own) => own is { } behavior && behavior != Behavior.Unspecified ? behavior != Behavior.NonBlocking : !nonBlockingByDefault;

    private bool IsAutomatic(FunctionCall call, ToolTable table)
    {
        var name = call.Name ?? "";
        return setup.AutomaticTools && table.Automatic.Count > 0 && (table.Automatic.ContainsKey(name) || !table.Manual.ContainsKey(name));
    }

    private ToolRun Begin(FunctionCall call, LiveTool? tool)
    {
        lock (_lock)
        {
            var orphan = _orphans.FindIndex(execution => execution.IsFor(call));
            ToolRun run;
            if (orphan >= 0)
            {
                run = new ToolRun(call, _orphans[orphan]);
                _orphans.RemoveAt(orphan);
                Log.ToolReused(logger, call.Id, call.Name);
            }
            else
            {
                var execution = new ToolExecution(call, tool, state.Ended);
                execution.Completion = Task.Run(() => _runner.RunAsync(execution));
                run = new ToolRun(call, execution);
            }
            // A call without an id (Vertex) cannot be cancelled.
            if (!string.IsNullOrEmpty(call.Id))
                _runs[call.Id] = run;
            return run;
        }
    }

    private async Task AnswerAsync(List<ToolRun> runs)
    {
        Interlocked.Increment(ref _running);
        try
        {
            await Task.WhenAll(runs.Select(static run => run.Execution.Completion)).ConfigureAwait(false);
            if (runs is [{ Execution.Stream: not null } streaming] && !IsBlocking(streaming.Execution.Tool?.Behavior))
            {
                await StreamAsync(streaming).ConfigureAwait(false);
            }
            else
            {
                foreach (var run in runs)
                    await CollectStreamAsync(run).ConfigureAwait(false);
                var answered = 0;
                await output.SendAsync(all => Collect(all, out answered), runs, state.Ended).ConfigureAwait(false);
                if (answered > 0)
                    Log.ToolAnswered(logger, answered);
            }
        }
        catch (Exception e) when (e is LiveException or OperationCanceledException)
        {
            Log.ToolNotSent(logger, runs.Count);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
        foreach (var run in runs)
        {
            run.Execution.Dispose();
            if (!run.Execution.IsCancelled && run.Execution.TakeFailure() is { } failure)
                await updates.PublishAsync(failure).ConfigureAwait(false);
        }
        lock (_lock)
        {
            if (_runs.Count > KeptRuns)
                DropAnswered();
        }
    }

    // Called when the socket is free, not earlier: a call may be cancelled until then.
    private LiveSessionRequest? Collect(List<ToolRun> runs, out int count)
    {
        var answers = new List<FunctionResponse>(runs.Count);
        var answered = new List<ToolRun>(runs.Count);
        foreach (var run in runs)
        {
            if (run.Execution is { IsCancelled: false, Answer: { } answer })
            {
                answers.Add(ToolAnswer.For(run.Call, run.Execution.Tool, answer));
                answered.Add(run);
            }
        }
        Fit(answers, answered);
        count = answers.Count;
        return count == 0 ? null : new LiveSessionRequest { ToolResponse = new ToolResponse { FunctionResponses = answers } };
    }

    private void Fit(List<FunctionResponse> answers, List<ToolRun> runs)
    {
        foreach (var index in ToolSize.Fit(answers, options.MaxToolResponseBytes))
        {
            var (call, execution) = (runs[index].Call, runs[index].Execution);
            Log.ToolResultTooLong(logger, call.Name, call.Id, options.MaxToolResponseBytes);
            execution.Failure ??= new ToolFailedUpdate(call, answers[index].Response!.Value.GetProperty("error").GetString()!, null);
        }
    }

    // {"functionResponses":[{"id":"1","name":"f","response":{…},"willContinue":true}]} for each result, and an empty last one.
    private async Task StreamAsync(ToolRun run)
    {
        var json = ((AIFunction)run.Execution.Tool!.Declaration!).JsonSerializerOptions;
        var any = false;
        await foreach (var result in _runner.ReadAsync(run.Execution).ConfigureAwait(false))
        {
            any = true;
            await output.SendAsync(One, (run, ToolAnswer.Of(result, json) with { WillContinue = true }), state.Ended).ConfigureAwait(false);
        }
        var last = run.Execution.Answer ?? (any ? ToolAnswer.EndOfStream() : ToolAnswer.Of(null, json));
        await output.SendAsync(One, (run, last), state.Ended).ConfigureAwait(false);
    }

    private LiveSessionRequest? One((ToolRun Run, FunctionResponse Answer) one)
    {
        if (one.Run.Execution.IsCancelled)
            return null;
        List<FunctionResponse> answer = [ToolAnswer.For(one.Run.Call, one.Run.Execution.Tool, one.Answer)];
        Fit(answer, [one.Run]);
        return new LiveSessionRequest { ToolResponse = new ToolResponse { FunctionResponses = answer } };
    }

    // A blocking call allows one answer only: all results are sent together.
    private async Task CollectStreamAsync(ToolRun run)
    {
        if (run.Execution.Stream is null || run.Execution.Answer is not null)
            return;
        var results = new List<object?>();
        await foreach (var result in _runner.ReadAsync(run.Execution).ConfigureAwait(false))
            results.Add(result);
        run.Execution.Answer ??= ToolAnswer.OfAll(results, ((AIFunction)run.Execution.Tool!.Declaration!).JsonSerializerOptions);
    }
}
