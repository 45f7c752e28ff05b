using Microsoft.Extensions.Logging;
using Parley.Protocol;
using Parley.Speech;

namespace Parley.Cascade.Answering;

/// <summary>
/// Synthesizes the sentences of one answer. A synthesizer that fails before any audio of a sentence was sent is tried once more; one that
/// times out is not. Then the fallback speaks the rest of the answer. If no synthesizer is left, and for the rest of a sentence that was
/// cut off, the words are sent as transcription without audio.
/// </summary>
internal sealed partial class SynthesisStage(CascadeSession session, int generation)
{
    // Synthesizers start with silence, some with a quarter of a second; longer silence is intended.
    private static readonly TimeSpan MaxLeadingSilence = TimeSpan.FromMilliseconds(500);

    private int _current;
    private bool _isAudible;
    private TimeSpan _leadingSilence;

    internal async Task SpeakAsync(string sentence, CancellationToken cancellationToken)
    {
        var synthesizers = session.Model.Synthesizers;
        var voice = session.VoiceFor(sentence);
        for (var isRetry = false; _current < synthesizers.Count;)
        {
            var words = new TimedTranscript(sentence, session.Model.Options.CharactersPerSecond / voice.Stretch);
            var (problem, isHeard, rest) = await TryAsync(
                synthesizers[_current], voice, sentence, words, cancellationToken).ConfigureAwait(false);
            if (problem is null)
            {
                session.Said(generation, default, rest);
                return;
            }
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
            SendTextOnly(rest);
            return;
        }
        SendTextOnly(sentence);
    }

    private void SendTextOnly(string? words)
    {
        session.SynthesisFailed(generation);
        session.Said(generation, default, words);
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
                var pcm = chunks.Current;
                if (pcm.IsEmpty)
                    continue;
                session.FirstAudio(generation);
                if (IsLeadingSilence(pcm.Span))
                    continue;
                await session.Playback.WaitAsync(pcm.Length, cancellationToken).ConfigureAwait(false);
                await session.Output.WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
                session.Said(generation, pcm, words.Take(spoken));
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

    // Silence before the first word of an answer only adds latency, so it is dropped. Between sentences it is a pause and kept.
    private bool IsLeadingSilence(ReadOnlySpan<byte> pcm)
    {
        _isAudible |= CascadeSession.IsAudible(pcm);
        if (_isAudible || _leadingSilence >= MaxLeadingSilence)
            return false;
        _leadingSilence += PcmFormat.Hz24000.DurationOfBytes(pcm.Length);
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.SynthesisFailed, LogLevel.Warning, "Synthesizer {Synthesizer} failed: {Problem}")]
        public static partial void SynthesisFailed(ILogger logger, string synthesizer, string problem, Exception? exception);
    }
}
