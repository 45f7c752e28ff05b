using Parley.Cascade.Answering;
using Parley.Cascade.Metrics;
using Parley.Protocol;
using Parley.Server;
using Parley.Speech;
using Parley.Speech.Languages;

namespace Parley.Cascade;

/// <summary>The model's side: what an answer reports, from its own threads.</summary>
internal sealed partial class CascadeSession
{
    private Answer? _answer;
    private SpeechVoice _voice;
    private string? _guessedLanguage;
    private int _runningGeneration;
    private int _cancelled;
    private bool _asked;

    /// <summary>The language that sentences of our own are said in.</summary>
    internal string Language => Setup.GenerationConfig?.SpeechConfig?.LanguageCode ?? _guessedLanguage ?? InstructionLanguage.Of(InstructionOf(Setup) ?? "") ?? "en";

    /// <summary>Who says a sentence: the voice of the setup, in its language or, where it names none, in the one of the text.</summary>
    internal SpeechVoice VoiceFor(string sentence)
    {
        if (Setup.GenerationConfig?.SpeechConfig?.LanguageCode is { Length: > 0 } || TextLanguage.Guess(sentence) is not { } guess)
            return _voice;
        _guessedLanguage = guess;
        if (!_voice.Language.StartsWith(guess, StringComparison.OrdinalIgnoreCase))
            _voice = _voice with { Language = guess };
        return _voice;
    }

    // For every chunk, so without the closure of the others.
    internal void Said(int generation, ReadOnlyMemory<byte> pcm, string? text)
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            if (!string.IsNullOrWhiteSpace(text))
                _asked = text.AsSpan().TrimEnd().EndsWith('?');
            _machine.Said(generation, pcm, text, Now);
        }
    }

    internal void Thought(int generation, string text) => Post(machine => machine.Thought(generation, text));

    internal void Called(int generation, IReadOnlyList<FunctionCall> calls) => Post(machine => machine.Called(generation, calls, Now));

    internal void Finished(int generation, bool failed) => Post(machine =>
    {
        if (failed)
            _turns.Failed(generation);
        machine.Finished(generation, Now);
    });

    internal void FirstToken(int generation) => Mark(generation, TurnMark.FirstToken);

    internal void FirstSentence(int generation) => Mark(generation, TurnMark.FirstSentence);

    internal void FirstAudio(int generation) => Mark(generation, TurnMark.FirstAudio);

    /// <summary>Something was not said aloud because no voice could.</summary>
    internal void VoiceFailed(int generation)
    {
        lock (_gate)
            _turns.Failed(generation);
    }

    /// <summary>ChatModel and voice of a generation have stopped, for whatever reason.</summary>
    internal void AnswerEnded(int generation)
    {
        lock (_gate)
        {
            if (_runningGeneration == generation)
                _runningGeneration = 0;
            if (!_disposed)
                _turns.AnswerEnded(generation, Now);
        }
    }

    private void Mark(int generation, TurnMark mark)
    {
        lock (_gate)
            _turns.Mark(generation, mark, Now);
    }

    private static SpeechVoice VoiceOf(Setup setup)
    {
        var speech = setup.GenerationConfig?.SpeechConfig;
        var voice = speech?.VoiceConfig?.PrebuiltVoiceConfig?.VoiceName is { Length: > 0 } name && VoiceCatalog.TryGet(name, out var found) ? found : VoiceCatalog.Default;
        return speech?.LanguageCode is { Length: > 0 } language ? voice with { Language = language } : voice;
    }
}
