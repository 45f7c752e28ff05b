using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Parley.Client.Telemetry;
using Parley.Protocol.Internal;

namespace Parley.Client.Tools;

/// <summary>Runs one function: approval, time limit, and conversion of the result or error to an answer.</summary>
internal sealed class ToolRunner(LiveSetup setup, TimeProvider timeProvider, SessionTelemetry? telemetry, ILogger logger)
{
    /// <summary>Runs the function. Never fails: a failure is an answer.</summary>
    internal async Task RunAsync(ToolExecution run)
    {
        if (run.Tool?.Declaration is not AIFunction function)
        {
            Fail(run, $"There is no function named \"{run.Call.Name}\".", null);
            Log.ToolUnknown(logger, run.Call.Name);
            return;
        }
        var limit = TimeLimit(run.Tool);
        Activity? span = null;
        TimeoutException? late = null; // of the session; a function may throw one of its own
        try
        {
            if (setup.ApproveToolCall is { } approve && !await ApproveAsync(run, approve).ConfigureAwait(false))
                return;
            Log.ToolStarted(logger, run.Call.Name, run.Call.Id);
            span = telemetry?.StartTool(run.Call);
            var timeout = new CancellationTokenSource();
            // Not a source with a timer of its own: the function's callbacks would run on the timer's thread, where an exception ends the process.
            var timer = timeProvider.CreateGuardedTimer(timeout, static source => _ = source.CancelAsync(), static (_, e) => Trace.TraceError(e.ToString()));
            timer.Change(limit, Timeout.InfiniteTimeSpan);
            var linkedCts = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, run.Cancellation);
            try
            {
                // A function may ignore its token: once it is cancelled or late, the other calls of its message must not wait for it.
                var work = function.InvokeAsync(ToolAnswer.Arguments(run.Call, setup.ToolServices), linkedCts.Token).AsTask();
                var result = await work.WaitAsync(linkedCts.Token).ConfigureAwait(false);
                if (result is IAsyncEnumerable<object?> stream)
                    run.Stream = stream;
                else
                    run.Answer = ToolAnswer.Of(result, function.JsonSerializerOptions);
            }
            catch (OperationCanceledException e) when (timeout.IsCancellationRequested && !run.IsCancelled)
            {
                throw late = new TimeoutException($"The function returned no result within {limit.TotalSeconds:0.###} s.", e);
            }
            finally
            {
                // The function of a stream is still running and holds the token.
                await timer.DisposeAsync().ConfigureAwait(false);
                if (run.Stream is null)
                {
                    linkedCts.Dispose();
                    timeout.Dispose();
                }
            }
        }
        catch (OperationCanceledException) when (run.IsCancelled)
        {
            // Cancelled by the server or by the end of the session: no answer is sent.
        }
        catch (Exception e)
        {
            span?.SetTag(GenAI.ErrorType, e.GetType().FullName).SetStatus(ActivityStatusCode.Error);
            Fail(run, e, limit, isLate: e == late);
        }
        finally
        {
            span?.Dispose();
        }
    }

    /// <summary>The results of a streaming function, each within the time limit. Ends early if the run is cancelled.</summary>
    internal async IAsyncEnumerable<object?> ReadAsync(ToolExecution run)
    {
        var limit = TimeLimit(run.Tool);
        var results = run.Stream!.GetAsyncEnumerator(run.Cancellation);
        await using var disposal = results.ConfigureAwait(false);
        while (true)
        {
            object? result;
            var next = results.MoveNextAsync().AsTask();
            try
            {
                if (!await next.WaitAsync(limit, timeProvider, run.Cancellation).ConfigureAwait(false))
                    yield break;
                result = results.Current;
            }
            catch (OperationCanceledException) when (run.IsCancelled)
            {
                yield break;
            }
            catch (TimeoutException e) when (!next.IsCompleted)
            {
                Fail(run, new TimeoutException($"The function returned no further result within {limit.TotalSeconds:0.###} s.", e), limit, isLate: true);
                yield break;
            }
            catch (Exception e)
            {
                Fail(run, e, limit);
                yield break;
            }
            yield return result;
        }
    }

    private TimeSpan TimeLimit(LiveTool? tool) => tool?.Timeout ?? setup.ToolTimeout;

    private async Task<bool> ApproveAsync(
        ToolExecution run, Func<Protocol.FunctionCall, CancellationToken, ValueTask<ToolApproval>> approve)
    {
        var approval = await approve(run.Call, run.Cancellation).AsTask().WaitAsync(run.Cancellation).ConfigureAwait(false);
        if (approval.IsApproved)
            return true;
        Log.ToolRefused(logger, run.Call.Id, run.Call.Name);
        Fail(run, approval.Reason ?? ToolApproval.Refused().Reason, null);
        return false;
    }

    private void Fail(ToolExecution run, Exception error, TimeSpan limit, bool isLate = false)
    {
        if (isLate)
            Log.ToolTimedOut(logger, run.Call.Name, run.Call.Id, limit);
        else
            Log.ToolFailed(logger, run.Call.Name, run.Call.Id, error);
        Fail(run, setup.DescribeToolError?.Invoke(error) ?? Describe(run, error, isLate), error);
    }

    // What the model may repeat to the user: nothing of the exception, unless the application says so. That its own arguments are wrong
    // is no secret, and it can correct them.
    private string Describe(ToolExecution run, Exception error, bool isLate) =>
        isLate ? error.Message
        : error is JsonException or ArgumentException or InvalidCastException or FormatException
            && ArgumentCheck.Find(run.Tool!.Declaration!.JsonSchema, run.Call.Args) is { } wrong ? wrong
        : setup.IncludeDetailedErrors ? error.Message
        : $"The function {run.Call.Name} failed.";

    private static void Fail(ToolExecution run, string message, Exception? error)
    {
        run.Answer = ToolAnswer.Error(message);
        run.Failure = new ToolFailedUpdate(run.Call, message, error);
    }
}
