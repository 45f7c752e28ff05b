using Parley.Cascade.Answering;
using Parley.Cascade.Input;
using Parley.Cascade.Metrics;
using Parley.Conversation;
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
    /// <param name="sentence">The sentence.</param>
    /// <param name="language">The language of the text; null if the setup has one, or the text does not tell.</param>
    internal SpeechVoice VoiceFor(string sentence, out string? language)
    {
        var voice = _voice;
        language = Setup.GenerationConfig?.SpeechConfig?.LanguageCode is { Length: > 0 } ? null : TextLanguage.Guess(sentence);
        return language is null || voice.Language.StartsWith(language, StringComparison.OrdinalIgnoreCase)
            ? voice
            : voice with { Language = language };
    }

    /// <summary>A sentence was spoken with this voice; a short one that follows and does not tell its language has the same.</summary>
    internal void UseVoice(SpeechVoice voice, string? language) => (_voice, _guessedLanguage) = (voice, language ?? _guessedLanguage);

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

    internal void Mark(int generation, TurnMark mark)
    {
        lock (_gate)
            _turns.Mark(generation, mark, Now);
    }

    /// <summary>The recognizer's words in a pause of the user.</summary>
    internal void Speculate(UserUtterance utterance, string text, int attempt) => Post(_ => _speculation?.Heard(utterance, text, attempt));

    /// <summary>The request that would follow if the user's turn ended now with these words; null if no answer would start.</summary>
    internal GenerationRequest? Foresee(UserUtterance utterance, string text) =>
        utterance == _utterance && ActOf(utterance, text, Now) == SpeechAct.Turn ? _machine.Foresee(utterance.Number, text) : null;

    private static SpeechVoice VoiceOf(Setup setup)
    {
        var speech = setup.GenerationConfig?.SpeechConfig;
        var voice = speech?.VoiceConfig?.PrebuiltVoiceConfig?.VoiceName is { Length: > 0 } name && VoiceCatalog.TryGet(name, out var found)
            ? found
            : VoiceCatalog.Default;
        return speech?.LanguageCode is { Length: > 0 } language ? voice with { Language = language } : voice;
    }
}
