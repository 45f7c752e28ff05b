using System.Threading.Channels;
using Microsoft.Extensions.AI;
using Parley.Conversation;
using Parley.Protocol;
using Parley.Speech;

namespace Parley.Server.Cascade;

/// <summary>
/// One generation: the brain's stream is cut into sentences, which are spoken while the rest is still being written; calls are reported
/// behind everything that was said.
/// </summary>
#pragma warning disable CA1001 // The token source has no timer and hands out no wait handle: there is nothing to dispose.
internal sealed class Answer(CascadeSession session, GenerationRequest request)
#pragma warning restore CA1001
{
    // Sentences the brain may be ahead of the voice.
    private const int MaxPendingSentences = 32;

    private readonly CancellationTokenSource _cancellation = new();
    private readonly Pace _pace = new(session.Model.TimeProvider, session.Model.Options.AudioLead);
    private Task _running = Task.CompletedTask;

    private int Generation => request.Generation;

    // Called under the session's lock: the work itself must begin elsewhere.
    internal void Start() => _running = Task.Run(RunAsync);

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
            var calls = session.AnswersInText
                ? await WriteAsync(cancellationToken).ConfigureAwait(false)
                : await SpeakAsync(cancellationToken).ConfigureAwait(false);
            if (calls.Count > 0)
                session.Called(Generation, calls);
            else
                session.Finished(Generation);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Interrupted: the conversation has moved on.
        }
#pragma warning disable CA1031 // The edge of the loop: whatever a brain or a voice throws ends this session and no other.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            session.Failed(Generation, exception);
        }
    }

    private async Task<List<FunctionCall>> WriteAsync(CancellationToken cancellationToken)
    {
        var calls = new List<FunctionCall>();
        await foreach (var text in ThinkAsync(calls, cancellationToken).ConfigureAwait(false))
        {
            await session.Output.WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
            session.Said(Generation, default, text);
        }
        return calls;
    }

    private async Task<List<FunctionCall>> SpeakAsync(CancellationToken cancellationToken)
    {
        using var failure = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sentences = Channel.CreateBounded<string>(new BoundedChannelOptions(MaxPendingSentences) { SingleReader = true, SingleWriter = true });
        var speaking = SpeakAllAsync(sentences.Reader, failure);
        var calls = new List<FunctionCall>();
        try
        {
            var segmenter = new TextSegmenter();
            await foreach (var text in ThinkAsync(calls, failure.Token).ConfigureAwait(false))
            {
                segmenter.Append(text);
                while (segmenter.TryTake(out var sentence))
                    await sentences.Writer.WriteAsync(sentence, failure.Token).ConfigureAwait(false);
            }
            while (segmenter.TryFlush(out var sentence))
                await sentences.Writer.WriteAsync(sentence, failure.Token).ConfigureAwait(false);
            sentences.Writer.Complete();
        }
        catch (Exception exception)
        {
            sentences.Writer.TryComplete(exception);
            await failure.CancelAsync().ConfigureAwait(false);
            await speaking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (speaking.IsFaulted)
                await speaking.ConfigureAwait(false);
            throw;
        }
        await speaking.ConfigureAwait(false);
        return calls;
    }

    private async IAsyncEnumerable<string> ThinkAsync(
        List<FunctionCall> calls, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var messages = ChatHistory.Of(request.History, session.Declarations.MayAnswerLate);
        var options = session.Declarations.OptionsFor(request);
        await foreach (var update in session.Model.Brain.GetStreamingResponseAsync(messages, options, cancellationToken).ConfigureAwait(false))
        {
            foreach (var content in update.Contents)
            {
                switch (content)
                {
                    case TextReasoningContent thought when thought.Text.Length > 0:
                        session.Thought(Generation, thought.Text);
                        break;
                    case TextContent text when text.Text.Length > 0:
                        yield return text.Text;
                        break;
                    case FunctionCallContent call:
                        calls.Add(new FunctionCall { Name = call.Name, Args = ChatHistory.ToJson(call.Arguments) });
                        break;
                    case ErrorContent error:
                        throw new InvalidOperationException($"The brain reported an error: {error.Message}");
                }
            }
        }
    }

    private async Task SpeakAllAsync(ChannelReader<string> sentences, CancellationTokenSource failure)
    {
        try
        {
            await foreach (var sentence in sentences.ReadAllAsync(failure.Token).ConfigureAwait(false))
                await SpeakAsync(sentence, failure.Token).ConfigureAwait(false);
        }
        catch
        {
            await failure.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    // The last chunk of a sentence is held back until it is known to be the last: it carries the words that are left.
    private async Task SpeakAsync(string sentence, CancellationToken cancellationToken)
    {
        var words = new SpokenWords(sentence, session.Model.Options.CharactersPerSecond / session.Voice.Stretch);
        var spoken = TimeSpan.Zero;
        ReadOnlyMemory<byte> held = default;
        await foreach (var chunk in session.Model.Synthesizer.SpeakAsync(sentence, session.Voice, cancellationToken).ConfigureAwait(false))
        {
            if (!held.IsEmpty)
                await SendAsync(held, words.Take(spoken), cancellationToken).ConfigureAwait(false);
            spoken += PcmFormat.Hz24000.DurationOfBytes(held.Length);
            held = chunk;
        }
        await SendAsync(held, words.TakeRest(), cancellationToken).ConfigureAwait(false);
    }

    private async Task SendAsync(ReadOnlyMemory<byte> pcm, string? text, CancellationToken cancellationToken)
    {
        await _pace.WaitAsync(PcmFormat.Hz24000.DurationOfBytes(pcm.Length), cancellationToken).ConfigureAwait(false);
        await session.Output.WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
        session.Said(Generation, pcm, text);
    }
}
