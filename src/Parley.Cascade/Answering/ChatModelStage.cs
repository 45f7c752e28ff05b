using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Parley.Conversation;
using Parley.Protocol;

namespace Parley.Cascade.Answering;

/// <summary>
/// Runs the chat model for one generation. A model that fails before it produced text is tried once more; one that times out is not,
/// because an apology is better than waiting twice. Then the fallback is tried, if there is one. If all fail, or the model fails in the
/// middle of its answer, one spoken sentence says so, and that is the answer. A speculative answer ends at the first failure, unseen.
/// </summary>
internal sealed partial class ChatModelStage(CascadeSession session, GenerationRequest request, AnswerOutput output)
{
    /// <summary>Function calls of the chat model, reported after all text.</summary>
    internal List<FunctionCall> Calls { get; } = [];

    /// <summary>No chat model gave a complete answer.</summary>
    internal bool Failed { get; private set; }

    /// <summary>Streams the text in pieces as they arrive.</summary>
    internal async IAsyncEnumerable<string> GenerateAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (request.SpeechWasLost)
        {
            Failed = true;
            yield return Apologies.Unheard(session.Language);
            yield break;
        }
        var said = false;
        var problem = default(Exception);
        foreach (var (chatModel, isRetry) in Attempts())
        {
            if (isRetry && problem is StageTimeoutException)
                continue;
            problem = null;
            var updates = Ask(chatModel, cancellationToken);
            await using var asking = updates.ConfigureAwait(false);
            while (problem is null)
            {
                try
                {
                    if (!await updates.MoveNextAsync().ConfigureAwait(false))
                        break;
                }
                catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
                {
                    throw;
                }
#pragma warning disable CA1031 // Any exception of a chat model ends this attempt only.
                catch (Exception exception)
#pragma warning restore CA1031
                {
                    problem = exception;
                    break;
                }
                foreach (var text in TextsOf(updates.Current, ref problem))
                {
                    said = true;
                    yield return text;
                }
            }
            if (problem is null)
                yield break;
            if (output.TryDiscard())
                throw new OperationCanceledException("The speculative answer failed.", problem);
            Log.ChatModelFailed(session.Model.Logger, LogText.Clean(problem.Message), said, problem is StageTimeoutException ? null : problem);
            Calls.Clear();
            if (said)
                break;
        }
        Failed = true;
        // End the sentence that was cut off, for the synthesizer too.
        yield return (said ? "… " : "") + Apologies.Failed(session.Language);
    }

    private IEnumerable<(IChatClient ChatModel, bool IsRetry)> Attempts()
    {
        yield return (session.Model.Parts.ChatModel, false);
        yield return (session.Model.Parts.ChatModel, true);
        if (session.Model.Parts.FallbackChatModel is { } fallback)
            yield return (fallback, false);
    }

    private TimeoutStream<ChatResponseUpdate> Ask(IChatClient chatModel, CancellationToken cancellationToken)
    {
        // Declarations first: they determine whether function results may come late.
        var options = session.Declarations.OptionsFor(request);
        var messages = ChatHistory.Of(request.History, session.Declarations.MayAnswerLate);
        return new TimeoutStream<ChatResponseUpdate>(
            token => chatModel.GetStreamingResponseAsync(messages, options, token), "chat model",
            session.Model.Options.ChatModelTimeout, session.Model.TimeProvider, cancellationToken);
    }

    private List<string> TextsOf(ChatResponseUpdate update, ref Exception? problem)
    {
        var texts = new List<string>(1);
        foreach (var content in update.Contents)
        {
            switch (content)
            {
                case TextReasoningContent thought when thought.Text.Length > 0:
                    output.Think(thought.Text);
                    break;
                case TextContent text when text.Text.Length > 0:
                    texts.Add(text.Text);
                    break;
                case FunctionCallContent call:
                    Calls.Add(new FunctionCall { Name = call.Name, Args = ChatHistory.ToJson(call.Arguments) });
                    break;
                case ErrorContent error:
                    problem = new InvalidOperationException($"The chat model reported an error: {error.Message}");
                    return texts;
            }
        }
        return texts;
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.ChatModelFailed, LogLevel.Warning, "Chat model failed (after some text: {Said}): {Problem}")]
        public static partial void ChatModelFailed(ILogger logger, string problem, bool said, Exception? exception);
    }
}
