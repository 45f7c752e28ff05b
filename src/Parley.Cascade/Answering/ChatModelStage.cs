using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Parley.Conversation;
using Parley.Protocol;

namespace Parley.Cascade.Answering;

/// <summary>
/// What the brain has to say to one generation. A brain that fails before it said anything is asked once more; one that stalls is not,
/// because waiting twice is worse than saying so; then the fallback is asked, if there is one. Where nobody answers, or the brain fails in
/// the middle, one sentence says so, and that is the answer.
/// </summary>
internal sealed partial class ChatModelStage(CascadeSession session, GenerationRequest request)
{
    /// <summary>Calls the brain makes behind everything it says.</summary>
    internal List<FunctionCall> Calls { get; } = [];

    /// <summary>Nobody could answer.</summary>
    internal bool Failed { get; private set; }

    /// <summary>The text, in pieces as they come.</summary>
    internal async IAsyncEnumerable<string> SayAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (request.SpeechWasLost)
        {
            Failed = true;
            yield return Apologies.Unheard(session.Language);
            yield break;
        }
        var said = false;
        var problem = default(Exception);
        foreach (var (brain, again) in Attempts())
        {
            if (again && problem is StageStalledException)
                continue;
            problem = null;
            var updates = Ask(brain, cancellationToken);
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
#pragma warning disable CA1031 // Whatever a brain throws ends this answer and no more.
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
            Log.BrainFailed(session.Model.Logger, problem.Message, said, problem is StageStalledException ? null : problem);
            Calls.Clear();
            if (said)
                break;
        }
        Failed = true;
        // The sentence that was cut off ends here, for the voice too.
        yield return (said ? "… " : "") + Apologies.Failed(session.Language);
    }

    private IEnumerable<(IChatClient ChatModel, bool Again)> Attempts()
    {
        yield return (session.Model.Parts.ChatModel, false);
        yield return (session.Model.Parts.ChatModel, true);
        if (session.Model.Parts.FallbackChatModel is { } fallback)
            yield return (fallback, false);
    }

    private PatientStream<ChatResponseUpdate> Ask(IChatClient brain, CancellationToken cancellationToken)
    {
        // Declarations first: they say whether answers to calls may come late.
        var options = session.Declarations.OptionsFor(request);
        var messages = ChatHistory.Of(request.History, session.Declarations.MayAnswerLate);
        return new PatientStream<ChatResponseUpdate>(
            token => brain.GetStreamingResponseAsync(messages, options, token), "brain", session.Model.Options.ChatModelTimeout, session.Model.TimeProvider, cancellationToken);
    }

    private List<string> TextsOf(ChatResponseUpdate update, ref Exception? problem)
    {
        var texts = new List<string>(1);
        foreach (var content in update.Contents)
        {
            switch (content)
            {
                case TextReasoningContent thought when thought.Text.Length > 0:
                    session.Thought(request.Generation, thought.Text);
                    break;
                case TextContent text when text.Text.Length > 0:
                    texts.Add(text.Text);
                    break;
                case FunctionCallContent call:
                    Calls.Add(new FunctionCall { Name = call.Name, Args = ChatHistory.ToJson(call.Arguments) });
                    break;
                case ErrorContent error:
                    problem = new InvalidOperationException($"The brain reported an error: {error.Message}");
                    return texts;
            }
        }
        return texts;
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.AnswerFailed, LogLevel.Warning, "The brain failed, having said something: {Said}. {Problem}")]
        public static partial void BrainFailed(ILogger logger, string problem, bool said, Exception? exception);
    }
}
