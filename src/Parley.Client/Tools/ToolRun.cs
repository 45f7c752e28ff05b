using Parley.Protocol;

namespace Parley.Client.Tools;

/// <summary>
/// One run of a function. If its call is lost with a connection, the run continues and answers the same call when it is made again.
/// </summary>
#pragma warning disable CA1001, CA2213 // The source has no timer and no wait handle: there is nothing to free.
internal sealed class ToolExecution : IDisposable
#pragma warning restore CA1001, CA2213 // see above
{
    private readonly CancellationTokenSource _cancellation = new();
    private readonly CancellationTokenRegistration _ended;
    private int _failureShown;

    internal ToolExecution(FunctionCall call, LiveTool? tool, CancellationToken ended)
    {
        (Call, Tool) = (call, tool);
        _ended = ended.UnsafeRegister(static run => ((ToolExecution)run!).Cancel(), this);
    }

    /// <summary>The call it was started for.</summary>
    internal FunctionCall Call { get; }

    internal LiveTool? Tool { get; }

    internal CancellationToken Cancellation => _cancellation.Token;

    /// <summary>Whether the run was cancelled; it is then never answered.</summary>
    internal bool IsCancelled => _cancellation.IsCancellationRequested;

    /// <summary>Completes when there is an answer, a stream, or nothing to answer; never fails.</summary>
    internal Task Completion { get; set; } = Task.CompletedTask;

    /// <summary>The answer, without the id of a call.</summary>
    internal FunctionResponse? Answer { get; set; }

    /// <summary>Results of a streaming function, instead of an answer.</summary>
    internal IAsyncEnumerable<object?>? Stream { get; set; }

    internal ToolFailedUpdate? Failure { get; set; }

    /// <summary>Whether another call has the same name and arguments.</summary>
    internal bool IsFor(FunctionCall other) =>
        Call.Name == other.Name && (Call.Args, other.Args) switch
        {
            (null, null) => true,
            ({ } mine, { } its) => System.Text.Json.JsonElement.DeepEquals(mine, its),
            _ => false,
        };

    /// <summary>The failure, the first time; null afterwards.</summary>
    internal ToolFailedUpdate? TakeFailure() => Interlocked.Exchange(ref _failureShown, 1) == 0 ? Failure : null;

    // Callbacks of the tool's token are user code: not on the pump.
    internal void Cancel() => _ = _cancellation.CancelAsync();

    /// <summary>Stops watching for the end of the session. The token stays usable, because the function may still hold it.</summary>
    public void Dispose() => _ended.Dispose();
}

/// <summary>A call of an automatic tool, and the run that answers it.</summary>
/// <param name="Call">The call.</param>
/// <param name="Execution">The run; a call of an earlier connection may have started it.</param>
internal sealed record ToolRun(FunctionCall Call, ToolExecution Execution);
