using Microsoft.Extensions.Logging;
using Parley.Speech;

namespace Parley.Cascade.Answering;

/// <summary>
/// Speaks the sentences of one answer. A voice that fails before a sentence was heard is tried once more, one that stalls is not; then the
/// fallback voice speaks the rest of the answer. Where no voice is left, and in a sentence that was cut off, the words come as
/// transcription without sound.
/// </summary>
internal sealed partial class Speaker(CascadeSession session, int generation)
{
    // Voices breathe in before they speak, some for a quarter of a second; longer silence is meant.
    private static readonly TimeSpan LongestBreath = TimeSpan.FromMilliseconds(500);

    private int _voice;
    private bool _isAudible;
    private TimeSpan _breath;

    internal async Task SpeakAsync(string sentence, CancellationToken cancellationToken)
    {
        var voices = session.Model.Voices;
        var voice = session.VoiceFor(sentence);
        for (var again = false; _voice < voices.Count;)
        {
            var words = new SpokenWords(sentence, session.Model.Options.CharactersPerSecond / voice.Stretch);
            var (problem, isHeard, rest) = await TryAsync(voices[_voice], voice, sentence, words, cancellationToken).ConfigureAwait(false);
            if (problem is null)
            {
                session.Said(generation, default, rest);
                return;
            }
            Log.VoiceFailed(session.Model.Logger, voices[_voice].Name, problem.Message, problem is StageStalledException ? null : problem);
            if (!again && !isHeard && problem is not StageStalledException)
            {
                again = true;
                continue;
            }
            (_voice, again) = (_voice + 1, false);
            if (!isHeard)
                continue;
            SayWithoutSound(rest);
            return;
        }
        SayWithoutSound(sentence);
    }

    private void SayWithoutSound(string? words)
    {
        session.VoiceFailed(generation);
        session.Said(generation, default, words);
    }

    private async Task<(Exception? Problem, bool IsHeard, string? Left)> TryAsync(
        ISpeechSynthesizer synthesizer, SpeechVoice voice, string sentence, SpokenWords words, CancellationToken cancellationToken)
    {
        var spoken = TimeSpan.Zero;
        try
        {
            var chunks = new PatientStream<ReadOnlyMemory<byte>>(
                token => synthesizer.SpeakAsync(sentence, voice, token), $"voice {synthesizer.Name}", session.Model.Options.SynthesisTimeout, session.Model.TimeProvider, cancellationToken);
            await using var speaking = chunks.ConfigureAwait(false);
            while (await chunks.MoveNextAsync().ConfigureAwait(false))
            {
                var pcm = chunks.Current;
                if (pcm.IsEmpty)
                    continue;
                session.FirstAudio(generation);
                if (IsBreath(pcm.Span))
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
#pragma warning disable CA1031 // Whatever a voice throws ends its sentence and no more.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return (exception, spoken > TimeSpan.Zero, words.TakeRest());
        }
    }

    // The user waits for the first word of an answer: the silence before it is left out. Between sentences it is a pause, and stays.
    private bool IsBreath(ReadOnlySpan<byte> pcm)
    {
        _isAudible |= CascadeSession.IsAudible(pcm);
        if (_isAudible || _breath >= LongestBreath)
            return false;
        _breath += PcmFormat.Hz24000.DurationOfBytes(pcm.Length);
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.VoiceFailed, LogLevel.Warning, "The voice {Voice} failed: {Problem}")]
        public static partial void VoiceFailed(ILogger logger, string voice, string problem, Exception? exception);
    }
}
