using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Parley.Server.Brains.Models;

/// <summary>
/// Bounds how long a model may keep a listener waiting, and lets another brain answer where the model failed before it said anything.
/// Later it is too late: half an answer cannot be taken back, so the failure is the conversation's.
/// </summary>
/// <param name="model">Answers.</param>
/// <param name="fallback">Answers where the model does not; null = the failure is thrown.</param>
/// <param name="options">The timeouts.</param>
/// <param name="timeProvider">Measures them.</param>
/// <param name="logger">Told of a model that was replaced.</param>
internal sealed partial class PatientChatClient(IChatClient model, IChatClient? fallback, BrainOptions options, TimeProvider timeProvider, ILogger logger)
    : DelegatingChatClient(model)
{
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken).ConfigureAwait(false);

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? chatOptions = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        using var patience = new CancellationTokenSource(Timeout.InfiniteTimeSpan, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var updates = base.GetStreamingResponseAsync(messages, chatOptions, either.Token).GetAsyncEnumerator(either.Token);
        await using (updates.ConfigureAwait(false))
        {
            var (begun, failed) = (false, false);
            while (true)
            {
                patience.CancelAfter(begun ? options.NextTokenTimeout : options.FirstTokenTimeout);
                try
                {
                    if (!await updates.MoveNextAsync().ConfigureAwait(false))
                    {
                        yield break;
                    }
                }
                catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
                {
                    throw;
                }
#pragma warning disable CA1031 // Whatever the SDK, the network or the endpoint throws: the listener needs an answer.
                catch (Exception e) when (fallback is not null && !begun)
#pragma warning restore CA1031
                {
                    Log.FellBack(logger, Cause(e, patience));
                    failed = true;
                }
                catch (OperationCanceledException e) when (patience.IsCancellationRequested)
                {
                    throw Cause(e, patience);
                }

                if (failed)
                {
                    break;
                }

                // While the listener is busy with this piece, nobody waits for the next.
                patience.CancelAfter(Timeout.InfiniteTimeSpan);
                begun |= updates.Current.Contents.Any(static content => content is not (UsageContent or TextContent { Text: "" }));
                yield return updates.Current;
            }
        }

        await foreach (var update in fallback!.GetStreamingResponseAsync(messages, chatOptions, cancellationToken).ConfigureAwait(false))
        {
            yield return update;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            fallback?.Dispose();
        }

        base.Dispose(disposing);
    }

    private static Exception Cause(Exception exception, CancellationTokenSource patience) =>
        exception is OperationCanceledException && patience.IsCancellationRequested
            ? new TimeoutException("The model did not answer in time (Brain:FirstTokenTimeout, Brain:NextTokenTimeout).", exception)
            : exception;

    private static partial class Log
    {
        [LoggerMessage(EventIds.BrainFellBack, LogLevel.Warning, "The model failed before it said anything; the fall-back answers this turn")]
        public static partial void FellBack(ILogger logger, Exception exception);
    }
}
