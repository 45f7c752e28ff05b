using Parley.Protocol;

namespace Parley.Client;

/// <summary>One call of an automatic tool, from the message that asked for it to its answer.</summary>
/// <param name="call">The call.</param>
/// <param name="tool">The tool; null where the session has none of that name.</param>
/// <param name="ended">Fires when the session ends.</param>
internal sealed class ToolRun(FunctionCall call, LiveTool? tool, CancellationToken ended) : IDisposable
{
    private readonly CancellationTokenSource _cancellation = CancellationTokenSource.CreateLinkedTokenSource(ended);

    internal FunctionCall Call { get; } = call;

    internal LiveTool? Tool { get; } = tool;

    internal CancellationToken Cancellation => _cancellation.Token;

    /// <summary>A run that was cancelled is never answered.</summary>
    internal bool IsCancelled => _cancellation.IsCancellationRequested;

    internal FunctionResponse? Answer { get; set; }

    internal ToolFailedUpdate? Failure { get; set; }

    // Callbacks of the tool's own token are user code: not on the pump.
    internal void Cancel() => _ = _cancellation.CancelAsync();

    public void Dispose() => _cancellation.Dispose();
}
