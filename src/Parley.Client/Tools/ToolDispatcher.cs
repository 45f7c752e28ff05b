using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Parley.Protocol;

namespace Parley.Client;

/// <summary>
/// Runs the functions of a session: off the pump, side by side, each call once. The calls of one message get one answer message; a failed
/// or unknown one gets an error, because a call that is never answered blocks the model; a cancelled one gets nothing.
/// </summary>
internal sealed class ToolDispatcher(LiveSetup setup, SessionOutput output, SessionState state, ILogger logger)
{
    // Ids of calls are remembered so that a repeated one runs once. The service repeats within seconds; a thousand calls is far beyond that.
    private const int RememberedIds = 1_024;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, ToolRun> _open = [];
    private readonly HashSet<string> _known = [];
    private readonly Queue<string> _order = new();
    private ToolTable _table = ToolTable.From(setup);

    /// <summary>Where failures are shown.</summary>
    internal Func<LiveUpdate, ValueTask> Publish { get; set; } = static _ => ValueTask.CompletedTask;

    /// <summary>The tools changed in mid-session.</summary>
    internal void Use(IReadOnlyList<LiveTool> tools) => Volatile.Write(ref _table, ToolTable.From(setup with { Tools = tools, Configure = null }));

    internal void Start(ToolCallUpdate update)
    {
        var table = Volatile.Read(ref _table);
        if (!setup.AutomaticTools || table.Automatic.Count == 0)
            return;
        var runs = new List<ToolRun>();
        foreach (var call in update.Calls)
        {
            var tool = table.Automatic.GetValueOrDefault(call.Name ?? "");
            if (tool is null && table.Manual.Contains(call.Name ?? ""))
                continue;
            if (TryRegister(call, tool) is { } run)
                runs.Add(run);
            else
                Log.ToolDuplicate(logger, call.Id, call.Name);
        }
        if (runs.Count > 0)
            _ = Task.Run(() => AnswerAsync(runs));
    }

    internal void Cancel(IReadOnlyList<string> ids)
    {
        foreach (var id in ids)
        {
            lock (_lock)
            {
                if (!_open.Remove(id, out var run))
                    continue;
                run.Cancel();
            }
            Log.ToolCancelled(logger, id);
        }
    }

    private ToolRun? TryRegister(FunctionCall call, LiveTool? tool)
    {
        // Without an id (Vertex) there is nothing to tell a repeated call by, and nothing to cancel it by.
        if (string.IsNullOrEmpty(call.Id))
            return new ToolRun(call, tool, state.Ended);
        lock (_lock)
        {
            if (!_known.Add(call.Id))
                return null;
            _order.Enqueue(call.Id);
            if (_order.Count > RememberedIds)
                _known.Remove(_order.Dequeue());
            return _open[call.Id] = new ToolRun(call, tool, state.Ended);
        }
    }

    private async Task AnswerAsync(List<ToolRun> runs)
    {
        await Task.WhenAll(runs.Select(run => Task.Run(() => RunAsync(run)))).ConfigureAwait(false);
        try
        {
            await output.SendAsync(Collect, runs, state.Ended).ConfigureAwait(false);
        }
        catch (Exception e) when (e is LiveException or OperationCanceledException)
        {
            Log.ToolNotSent(logger, runs.Count);
        }
        foreach (var run in runs)
        {
            if (run.Failure is { } failure && !run.IsCancelled)
                await Publish(failure).ConfigureAwait(false);
            lock (_lock)
            {
                if (run.Call.Id is { } id)
                    _open.Remove(id);
                run.Dispose();
            }
        }
    }

    // When its turn to send has come, not earlier: a call may be cancelled up to the last moment.
    private LiveSessionRequest? Collect(List<ToolRun> runs)
    {
        var answers = new List<FunctionResponse>(runs.Count);
        foreach (var run in runs)
        {
            if (run is { IsCancelled: false, Answer: { } answer })
                answers.Add(answer);
        }
        if (answers.Count == 0)
            return null;
        Log.ToolAnswered(logger, answers.Count);
        return new LiveSessionRequest { ToolResponse = new ToolResponse { FunctionResponses = answers } };
    }

    private async Task RunAsync(ToolRun run)
    {
        if (run.Tool?.Declaration is not AIFunction function)
        {
            Fail(run, $"There is no function named \"{run.Call.Name}\".", null);
            Log.ToolUnknown(logger, run.Call.Name);
            return;
        }
        Log.ToolStarted(logger, run.Call.Name, run.Call.Id);
        using var span = state.Telemetry?.StartTool(run.Call);
        try
        {
            // A function may not look at its token: the others of its message must not wait for it once it is cancelled.
            var work = function.InvokeAsync(ToolAnswer.Arguments(run.Call, setup.ToolServices), run.Cancellation).AsTask();
            var result = await work.WaitAsync(run.Cancellation).ConfigureAwait(false);
            run.Answer = ToolAnswer.Of(run, result, function.JsonSerializerOptions);
        }
        catch (OperationCanceledException) when (run.IsCancelled)
        {
            // Cancelled by the server or the end of the session: there is nobody to answer.
        }
        catch (Exception e)
        {
            Log.ToolFailed(logger, run.Call.Name, run.Call.Id, e);
            span?.SetTag(GenAI.ErrorType, e.GetType().FullName).SetStatus(System.Diagnostics.ActivityStatusCode.Error);
            Fail(run, setup.DescribeToolError?.Invoke(e) ?? e.Message, e);
        }
    }

    private static void Fail(ToolRun run, string message, Exception? error)
    {
        run.Answer = ToolAnswer.Error(run, message);
        run.Failure = new ToolFailedUpdate(run.Call, message, error);
    }
}
