using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Parley.Cascade.Metrics;
using Parley.Conversation;
using Parley.Speech.Synthesis;

namespace Parley.Cascade.Answering;

/// <summary>
/// One generation: the text of the chat model is split into sentences, which are synthesized while the rest is still generated. Function
/// calls are reported after all text. A failure ends the generation and not the session. A speculative answer runs in the same way, with
/// its output held: the chat model writes, the first sentence is synthesized, and the first chunk waits.
/// </summary>
#pragma warning disable CA1001 // The token source has no timer and no wait handle: there is nothing to dispose.
internal sealed partial class Answer(CascadeSession session, GenerationRequest request, bool isSpeculative = false)
#pragma warning restore CA1001
{
    // Sentences that the chat model may be ahead of the synthesizer.
    private const int MaxPendingSentences = 32;

    private readonly CancellationTokenSource _cancellation = new();
    private readonly AnswerOutput _output = new(session, request.Generation, isSpeculative);
    private Task _running = Task.CompletedTask;

    internal GenerationRequest Request => request;

    // Called under the session's lock, so the work starts on another thread.
    internal void Start() => _running = Task.Run(RunAsync);

    // Synchronous, with all linked tokens: one more chunk would count as played and delay the next answer.
    internal void Cancel() => _cancellation.Cancel();

    /// <summary>Lets a speculative answer leave; false if one of its stages has failed.</summary>
    internal bool TryRelease(out IReadOnlyList<(TurnMark Mark, TimeSpan At)> marks) => _output.TryRelease(out marks);

    /// <summary>Stops a speculative answer of which nothing may leave.</summary>
    internal void Discard()
    {
        _output.TryDiscard();
        Cancel();
    }

    internal async Task StopAsync()
    {
        await _cancellation.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        var cancellationToken = _cancellation.Token;
        var chatModel = new ChatModelStage(session, request, _output);
        try
        {
            if (session.AnswersInText)
                await WriteAsync(chatModel, cancellationToken).ConfigureAwait(false);
            else
                await SpeakAsync(chatModel, cancellationToken).ConfigureAwait(false);
            await _output.FinishAsync(chatModel.Calls, chatModel.Failed, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested || _output.IsDiscarded)
        {
            // Interrupted, or a speculation in vain: the conversation has moved on.
        }
#pragma warning disable CA1031 // The edge of the loop: a bug of ours ends this answer and not the session.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            // A speculation is repeated when the turn ends; then the failure is reported.
            if (!_output.TryDiscard())
            {
                Log.Failed(session.Model.Logger, exception);
                session.Finished(request.Generation, failed: true);
            }
        }
        finally
        {
            _output.End();
        }
    }

    private async Task WriteAsync(ChatModelStage chatModel, CancellationToken cancellationToken)
    {
        await foreach (var text in chatModel.GenerateAsync(cancellationToken).ConfigureAwait(false))
        {
            _output.Mark(TurnMark.FirstToken);
            await _output.WaitAsync(cancellationToken).ConfigureAwait(false);
            await session.Output.WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
            await _output.SayAsync(default, text, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task SpeakAsync(ChatModelStage chatModel, CancellationToken cancellationToken)
    {
        using var fault = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sentences = Channel.CreateBounded<string>(
            new BoundedChannelOptions(MaxPendingSentences) { SingleReader = true, SingleWriter = true });
        var speaking = SynthesizeAllAsync(sentences.Reader, fault);
        try
        {
            await GenerateAsync(chatModel, sentences.Writer, fault.Token).ConfigureAwait(false);
            sentences.Writer.Complete();
        }
        catch (Exception exception)
        {
            sentences.Writer.TryComplete(exception);
            await fault.CancelAsync().ConfigureAwait(false);
            await speaking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (speaking.IsFaulted)
                await speaking.ConfigureAwait(false);
            throw;
        }
        await speaking.ConfigureAwait(false);
    }

    private async Task GenerateAsync(ChatModelStage chatModel, ChannelWriter<string> sentences, CancellationToken cancellationToken)
    {
        var segmenter = new TextSegmenter();
        await foreach (var text in chatModel.GenerateAsync(cancellationToken).ConfigureAwait(false))
        {
            _output.Mark(TurnMark.FirstToken);
            segmenter.Append(text);
            while (segmenter.TryTake(out var sentence))
                await WriteAsync(sentence).ConfigureAwait(false);
        }
        while (segmenter.TryFlush(out var sentence))
            await WriteAsync(sentence).ConfigureAwait(false);

        ValueTask WriteAsync(string sentence)
        {
            _output.Mark(TurnMark.FirstSentence);
            return sentences.WriteAsync(sentence, cancellationToken);
        }
    }

    private async Task SynthesizeAllAsync(ChannelReader<string> sentences, CancellationTokenSource fault)
    {
        var synthesis = new SynthesisStage(session, _output);
        try
        {
            await foreach (var sentence in sentences.ReadAllAsync(fault.Token).ConfigureAwait(false))
                await synthesis.SpeakAsync(sentence, fault.Token).ConfigureAwait(false);
        }
        catch
        {
            await fault.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.AnswerFaulted, LogLevel.Error, "Answer failed unexpectedly; its turn ends")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
