using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Parley.Conversation;
using Parley.Speech.Synthesis;

namespace Parley.Cascade.Answering;

/// <summary>
/// One generation: the text of the chat model is split into sentences, which are synthesized while the rest is still generated. Function
/// calls are reported after all text. A failure ends the generation and not the session.
/// </summary>
#pragma warning disable CA1001 // The token source has no timer and no wait handle: there is nothing to dispose.
internal sealed partial class Answer(CascadeSession session, GenerationRequest request)
#pragma warning restore CA1001
{
    // Sentences that the chat model may be ahead of the synthesizer.
    private const int MaxPendingSentences = 32;

    private readonly CancellationTokenSource _cancellation = new();
    private readonly ChatModelStage _chatModel = new(session, request);
    private Task _running = Task.CompletedTask;

    internal int Generation => request.Generation;

    internal bool IsRunning => !_running.IsCompleted;

    // Called under the session's lock, so the work starts on another thread.
    internal void Start() => _running = Task.Run(RunAsync);

    // Synchronous, with all linked tokens: one more chunk would count as played and delay the next answer.
    internal void Cancel() => _cancellation.Cancel();

    internal async Task StopAsync()
    {
        await _cancellation.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        var cancellationToken = _cancellation.Token;
        try
        {
            if (session.AnswersInText)
                await WriteAsync(cancellationToken).ConfigureAwait(false);
            else
                await SpeakAsync(cancellationToken).ConfigureAwait(false);
            End();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Interrupted: the conversation has moved on.
        }
#pragma warning disable CA1031 // The edge of the loop: a bug of ours ends this answer and not the session.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.Failed(session.Model.Logger, exception);
            session.Finished(Generation, failed: true);
        }
        finally
        {
            session.AnswerEnded(Generation);
        }
    }

    private void End()
    {
        if (_chatModel.Calls.Count > 0)
            session.Called(Generation, _chatModel.Calls);
        else
            session.Finished(Generation, _chatModel.Failed);
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        await foreach (var text in _chatModel.GenerateAsync(cancellationToken).ConfigureAwait(false))
        {
            session.FirstToken(Generation);
            await session.Output.WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
            session.Said(Generation, default, text);
        }
    }

    private async Task SpeakAsync(CancellationToken cancellationToken)
    {
        using var fault = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sentences = Channel.CreateBounded<string>(
            new BoundedChannelOptions(MaxPendingSentences) { SingleReader = true, SingleWriter = true });
        var speaking = SynthesizeAllAsync(sentences.Reader, fault);
        try
        {
            await GenerateAsync(sentences.Writer, fault.Token).ConfigureAwait(false);
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

    private async Task GenerateAsync(ChannelWriter<string> sentences, CancellationToken cancellationToken)
    {
        var segmenter = new TextSegmenter();
        await foreach (var text in _chatModel.GenerateAsync(cancellationToken).ConfigureAwait(false))
        {
            session.FirstToken(Generation);
            segmenter.Append(text);
            while (segmenter.TryTake(out var sentence))
                await WriteAsync(sentence).ConfigureAwait(false);
        }
        while (segmenter.TryFlush(out var sentence))
            await WriteAsync(sentence).ConfigureAwait(false);

        ValueTask WriteAsync(string sentence)
        {
            session.FirstSentence(Generation);
            return sentences.WriteAsync(sentence, cancellationToken);
        }
    }

    private async Task SynthesizeAllAsync(ChannelReader<string> sentences, CancellationTokenSource fault)
    {
        var synthesis = new SynthesisStage(session, Generation);
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
