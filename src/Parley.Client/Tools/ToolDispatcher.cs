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
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ToolRun> _open = [];
    private ToolTable _table = ToolTable.From(setup);

    /// <summary>Where failures are shown.</summary>
    internal Func<LiveUpdate, Task> Publish { get; set; } = static _ => Task.CompletedTask;

    /// <summary>The tools changed in mid-session.</summary>
    internal void Use(IReadOnlyList<LiveTool> tools) => Volatile.Write(ref _table, ToolTable.From(setup with { Tools = tools, Configure = null }));

    internal void Start(ToolCallUpdate update)
    {
        var calls = new List<FunctionCall>(update.Calls.Count);
        foreach (var call in update.Calls)
        {
            if (state.TryAddCall(call))
                calls.Add(call);
            else
                Log.ToolDuplicate(logger, call.Id, call.Name);
        }
        var table = Volatile.Read(ref _table);
        if (!setup.AutomaticTools || table.Automatic.Count == 0)
            return;
        var runs = new List<ToolRun>();
        foreach (var call in calls)
        {
            var tool = table.Automatic.GetValueOrDefault(call.Name ?? "");
            if (tool is null && table.Manual.Contains(call.Name ?? ""))
                continue;
            runs.Add(Register(call, tool));
        }
        if (runs.Count > 0)
            _ = Task.Run(() => AnswerAsync(runs));
    }

    /// <summary>Another connection took over.</summary>
    internal void TakeOver(Takeover takeover) => Log.ToolNotSent(logger, takeover.Answered.Count);

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

    private ToolRun Register(FunctionCall call, LiveTool? tool)
    {
        // Without an id (Vertex) there is nothing to tell a repeated call by, and nothing to cancel it by.
        if (string.IsNullOrEmpty(call.Id))
            return new ToolRun(call, tool, state.Ended);
        lock (_lock)
        {
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
            Fail(run, setup.DescribeToolError?.Invoke(e) ?? e.Message, e);
        }
    }

    private static void Fail(ToolRun run, string message, Exception? error)
    {
        run.Answer = ToolAnswer.Error(run, message);
        run.Failure = new ToolFailedUpdate(run.Call, message, error);
    }
}
