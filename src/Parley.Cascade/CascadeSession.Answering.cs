using Parley.Cascade.Answering;
using Parley.Cascade.Metrics;
using Parley.Protocol;
using Parley.Speech;
using Parley.Speech.Languages;

namespace Parley.Cascade;

/// <summary>The output side: events of a running answer, called from its own threads.</summary>
internal sealed partial class CascadeSession
{
    private Answer? _answer;
    private SpeechVoice _voice;
    private string? _guessedLanguage;
    private int _runningGeneration;
    private int _cancelled;
    private bool _askedQuestion;

    /// <summary>Language of sentences that the cascade itself says, such as an apology.</summary>
    internal string Language =>
        Setup.GenerationConfig?.SpeechConfig?.LanguageCode ?? _guessedLanguage
            ?? InstructionLanguage.Of(InstructionOf(Setup) ?? "") ?? "en";

    /// <summary>Voice for a sentence: the one of the setup, in the language of the setup or else of the text.</summary>
    internal SpeechVoice VoiceFor(string sentence)
    {
        if (Setup.GenerationConfig?.SpeechConfig?.LanguageCode is { Length: > 0 } || TextLanguage.Guess(sentence) is not { } guess)
            return _voice;
        _guessedLanguage = guess;
        if (!_voice.Language.StartsWith(guess, StringComparison.OrdinalIgnoreCase))
            _voice = _voice with { Language = guess };
        return _voice;
    }

    // Called for every chunk, so it avoids the closure of the methods below.
    internal void Said(int generation, ReadOnlyMemory<byte> pcm, string? text)
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            if (!string.IsNullOrWhiteSpace(text))
                _askedQuestion = text.AsSpan().TrimEnd().EndsWith('?');
            _machine.Said(generation, pcm, text, Now);
        }
    }

    internal void Thought(int generation, string text) => Post(machine => machine.Thought(generation, text));

    internal void Called(int generation, IReadOnlyList<FunctionCall> calls) => Post(machine => machine.Called(generation, calls, Now));

    internal void Finished(int generation, bool failed) => Post(machine =>
    {
        if (!failed)
        {
            machine.Finished(generation, Now);
            return;
        }
        _turns.Failed(generation);
        machine.Failed(generation, Now);
    });

    internal void FirstToken(int generation) => Mark(generation, TurnMark.FirstToken);

    internal void FirstSentence(int generation) => Mark(generation, TurnMark.FirstSentence);

    internal void FirstAudio(int generation) => Mark(generation, TurnMark.FirstAudio);

    /// <summary>Part of the answer was sent without audio because every synthesizer failed.</summary>
    internal void SynthesisFailed(int generation)
    {
        lock (_gate)
            _turns.Failed(generation);
    }

    /// <summary>The chat model and the synthesizer of a generation have stopped, for any reason.</summary>
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
        var voice = speech?.VoiceConfig?.PrebuiltVoiceConfig?.VoiceName is { Length: > 0 } name && VoiceCatalog.TryGet(name, out var found)
            ? found
            : VoiceCatalog.Default;
        return speech?.LanguageCode is { Length: > 0 } language ? voice with { Language = language } : voice;
    }
}
