using Microsoft.Extensions.Logging;
using Parley.Cascade.Metrics;
using Parley.Protocol;
using Parley.Speech;

namespace Parley.Cascade.Answering;

/// <summary>
/// Synthesizes the sentences of one answer. A synthesizer that fails before any audio of a sentence was sent is tried once more; one that
/// times out is not. Then the fallback speaks the rest of the answer. If no synthesizer is left, and for the rest of a sentence that was
/// cut off, the words are sent as transcription without audio. A speculative answer ends at the first failure, unseen.
/// </summary>
internal sealed partial class SynthesisStage(CascadeSession session, AnswerOutput output)
{
    // Of the answer, not of each sentence: between sentences silence is a pause.
    private readonly LeadingSilence _silence = new();

    private int _current;
    private bool _isMarked;

    internal async Task SpeakAsync(string sentence, CancellationToken cancellationToken)
    {
        var synthesizers = session.Model.Synthesizers;
        var voice = session.VoiceFor(sentence, out var language);
        for (var isRetry = false; _current < synthesizers.Count;)
        {
            var words = new TimedTranscript(sentence, session.Model.Options.CharactersPerSecond / voice.Stretch);
            var (problem, isHeard, rest) = await TryAsync(
                synthesizers[_current], voice, sentence, words, cancellationToken).ConfigureAwait(false);
            if (problem is null)
            {
                await output.WaitAsync(cancellationToken).ConfigureAwait(false);
                session.UseVoice(voice, language);
                await output.SayAsync(default, rest, cancellationToken).ConfigureAwait(false);
                return;
            }
            if (output.TryDiscard())
                throw new OperationCanceledException("The speculative answer failed.", problem);
            Log.SynthesisFailed(
                session.Model.Logger, synthesizers[_current].Name, LogText.Clean(problem.Message), problem is StageTimeoutException ? null : problem);
            if (!isRetry && !isHeard && problem is not StageTimeoutException)
            {
                isRetry = true;
                continue;
            }
            (_current, isRetry) = (_current + 1, false);
            if (!isHeard)
                continue;
            await SendTextOnlyAsync(rest, cancellationToken).ConfigureAwait(false);
            return;
        }
        await SendTextOnlyAsync(sentence, cancellationToken).ConfigureAwait(false);
    }

    private ValueTask SendTextOnlyAsync(string? words, CancellationToken cancellationToken)
    {
        output.SynthesisFailed();
        return output.SayAsync(default, words, cancellationToken);
    }

    private async Task<(Exception? Problem, bool IsHeard, string? Unspoken)> TryAsync(
        ISpeechSynthesizer synthesizer, SpeechVoice voice, string sentence, TimedTranscript words, CancellationToken cancellationToken)
    {
        var spoken = TimeSpan.Zero;
        try
        {
            var chunks = new TimeoutStream<ReadOnlyMemory<byte>>(
                token => synthesizer.SpeakAsync(sentence, voice, token), $"synthesizer {synthesizer.Name}",
                session.Model.Options.SynthesisTimeout, session.Model.TimeProvider, cancellationToken);
            await using var disposing = chunks.ConfigureAwait(false);
            while (await chunks.MoveNextAsync().ConfigureAwait(false))
            {
                if (chunks.Current.IsEmpty)
                    continue;
                if (!_isMarked)
                {
                    output.Mark(TurnMark.FirstAudio);
                    _isMarked = true;
                }
                var pcm = _silence.Trim(chunks.Current);
                if (pcm.IsEmpty)
                    continue;
                await output.WaitAsync(cancellationToken).ConfigureAwait(false);
                await session.Playback.WaitAsync(pcm.Length, cancellationToken).ConfigureAwait(false);
                await session.Output.WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
                await output.SayAsync(pcm, words.Take(spoken), cancellationToken).ConfigureAwait(false);
                spoken += PcmFormat.Hz24000.DurationOfBytes(pcm.Length);
            }
            return (null, true, words.TakeRest());
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // Any exception of a synthesizer ends this sentence only.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return (exception, spoken > TimeSpan.Zero, words.TakeRest());
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.SynthesisFailed, LogLevel.Warning, "Synthesizer {Synthesizer} failed: {Problem}")]
        public static partial void SynthesisFailed(ILogger logger, string synthesizer, string problem, Exception? exception);
    }
}
