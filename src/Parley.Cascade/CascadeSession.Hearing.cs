using Parley.Cascade.Answering;
using Parley.Cascade.Hearing;
using Parley.Conversation;
using Parley.Protocol;
using Parley.Server.Storage;
using Parley.Speech;

namespace Parley.Cascade;

/// <summary>The user's side: sound, activity, and what it says. Everything here happens under the lock.</summary>
internal sealed partial class CascadeSession
{
    // Detectors notice speech up to 165 ms late; a recognizer needs a little silence before the first sound besides.
    private const int PreRollSamples = 5_120;

    // A second: what is believed of a suspected echo, and more than any detector looks back at the defaults.
    private const int LeastKeptSamples = 16_000;

    private readonly AddresseeDetector? _addresses;
    private readonly Queue<HeardUtterance> _ended = [];
    private readonly SpeakerProfile _speaker = new();
    private KeptAudio? _sound;
    private Microphone? _microphone;
    private UtteranceReader? _reader;
    private HeardUtterance? _speaking;
    private IReadOnlyList<FunctionDeclaration>? _phrasesOf;
    private IReadOnlyList<string> _phrases = [];
    private TimeSpan? _answeredAt;
    private long _listenedUpTo;
    private int _awaited;
    private bool _holdsNext;

    /// <summary>The detector heard speech begin.</summary>
    internal void SpeechStarted(long sample, TimeSpan now)
    {
        _holdsNext = Model.Interruptions.Holds && (_machine.IsAnswering || Playback.Left > TimeSpan.Zero);
        _machine.SpeechStarted(sample, now, _holdsNext);
        _holdsNext = false;
    }

    /// <summary>The detector heard it end.</summary>
    /// <param name="sample">The sample behind the last of it.</param>
    /// <param name="speech">How long it lasted.</param>
    /// <param name="endOfSpeech">When that was.</param>
    /// <param name="now">The present.</param>
    internal void SpeechEnded(long sample, TimeSpan speech, TimeSpan endOfSpeech, TimeSpan now)
    {
        if (_speaking is { } utterance)
            utterance.Speech = speech;
        _turns.SpeechEnded(endOfSpeech, now);
        _machine.SpeechEnded(sample);
    }

    /// <summary>A slice of sound was heard.</summary>
    internal void HeardMore(TimeSpan now)
    {
        _reader?.Feed();
        if (_speaking is { IsBargeInPending: true })
            TryConfirmBargeIn(_speaking, now);
    }

    /// <summary>The recognizer understood more of an utterance.</summary>
    internal void PartlyUnderstood(HeardUtterance utterance) => Post(machine =>
    {
        machine.RecognizedInterim(utterance.Number, utterance.Partial);
        if (utterance != _speaking)
            return;
        _microphone?.WaitFor(utterance.Partial);
        if (utterance.IsBargeInPending)
            TryConfirmBargeIn(utterance, Now);
    });

    /// <summary>The recognizer is done with an utterance.</summary>
    /// <param name="utterance">The utterance.</param>
    /// <param name="text">What it says; null = it could not be recognised.</param>
    /// <param name="reader">Who read it.</param>
    internal void Understood(HeardUtterance utterance, string? text, UtteranceReader reader) => Post(_ =>
    {
        reader.Done(utterance);
        Tell(utterance, text);
    });

    /// <summary>Does something to an utterance under the lock; false where the session is over or it could not be done.</summary>
    internal bool Start(HeardUtterance utterance, Func<HeardUtterance, bool> start)
    {
        lock (_gate)
            return !_disposed && start(utterance);
    }

    /// <summary>What is known of an utterance beforehand.</summary>
    internal RecognitionRequest RecognitionRequest(Action<string>? partial)
    {
        var transcription = Setup.InputAudioTranscription;
        var language = transcription?.LanguageHints?.LanguageCodes is [var hint, ..] ? hint
            : transcription?.LanguageCodes is [var code, ..] ? code
            : Setup.GenerationConfig?.SpeechConfig?.LanguageCode;
        if (!ReferenceEquals(_phrasesOf, _machine.Functions))
        {
            _phrasesOf = _machine.Functions;
            var vocabulary = transcription?.CustomVocabulary ?? transcription?.AdaptationPhrases ?? [];
            _phrases = [.. Model.Parts.Phrases?.PhrasesFor(_phrasesOf, language) ?? [], .. vocabulary.Where(IsPlain)];
        }
        return new RecognitionRequest { Language = language, Phrases = _phrases, Speaker = _speaker, Partial = partial };
    }

    private Microphone OpenMicrophone()
    {
        // Long prefixes reach further back than the least.
        var prefix = Setup.RealtimeInputConfig?.AutomaticActivityDetection?.PrefixPaddingMs ?? 0;
        var least = Math.Max(LeastKeptSamples, PcmFormat.Hz16000.SamplesIn(TimeSpan.FromMilliseconds(Math.Clamp(prefix, 0, 5_000)) * 5));
        var most = Math.Max(least, PcmFormat.Hz16000.SamplesIn(Model.Options.MaxKeptInput));
        _sound = new KeptAudio((int)least, (int)most);
        if (Model.Parts.Recognizer is { } recognizer)
        {
            var coverage = Setup.RealtimeInputConfig?.TurnCoverage is { } given && given != TurnCoverage.Unspecified ? given : _options.DefaultTurnCoverage;
            var keepsAll = coverage == TurnCoverage.TurnIncludesAllInput;
            _sound.KeepFrom = keepsAll ? 0 : long.MaxValue;
            _reader = new UtteranceReader(this, recognizer, _sound, keepsAll);
            // Who marks activity does so before the first sound of all.
            if (_speaking is { } begun)
                _reader.Begin(begun);
        }
        return new Microphone(_machine, this, _sound, Setup.RealtimeInputConfig?.AutomaticActivityDetection);
    }

    private void TryConfirmBargeIn(HeardUtterance utterance, TimeSpan now)
    {
        if (_microphone is null || !Model.Interruptions.ConfirmsBargeIn(_microphone.SpokenFor, utterance.Partial))
            return;
        utterance.IsBargeInPending = false;
        _machine.ConfirmBargeIn(now);
    }

    private void Listen(int number, long fromSample)
    {
        // Who marks activity says where it begins; a detector is late.
        var from = _machine.HasManualActivity || _sound is null ? fromSample : Math.Min(fromSample, _sound.End - PreRollSamples);
        from = Math.Max(Math.Max(from, _listenedUpTo), _sound?.Start ?? 0);
        _speaking = new HeardUtterance(this, number, from) { SpokenFrom = fromSample, IsBargeInPending = _holdsNext };
        _reader?.Begin(_speaking);
    }

    private void Listened(long toSample)
    {
        var utterance = _speaking!;
        _speaking = null;
        _listenedUpTo = toSample;
        utterance.To = toSample;
        _awaited++;
        _ended.Enqueue(utterance);
    }

    // Behind the event: an engine may answer at once.
    private void Settle()
    {
        while (_ended.TryDequeue(out var utterance))
        {
            // Nothing was ever heard of an activity that was marked without sound, or there is nobody to understand it.
            if (_reader is not null)
                _reader.Finish(utterance);
            else
                Tell(utterance, SpokenDuration.Describe(utterance.To - utterance.SpokenFrom));
        }
    }

    private void Tell(HeardUtterance utterance, string? text)
    {
        _awaited--;
        var now = Now;
        var act = text is null ? SpeechAct.Turn : ActOf(utterance, text, now);
        _turns.Understood(hasWords: text is not { Length: 0 } && act == SpeechAct.Turn, awaitsMore: _awaited > 0 || _speaking is not null, now);
        if (text is null)
            _machine.RecognitionFailed(utterance.Number);
        else
            _machine.Recognized(utterance.Number, text, now, act);
    }

    private SpeechAct ActOf(HeardUtterance utterance, string text, TimeSpan now)
    {
        if (utterance.IsBargeInPending && Model.Interruptions.Judge(utterance.Speech, text) == SpeechAct.BackChannel)
            return SpeechAct.BackChannel;
        if (_addresses is null || _machine.HasManualActivity)
            return SpeechAct.Turn;
        TimeSpan? sinceAnswer = _answeredAt is { } at ? Min(now - at, Playback.Silence) : null;
        return _addresses.IsAddressed(text, sinceAnswer, _asked) ? SpeechAct.Turn : SpeechAct.NotAddressed;
    }

    // Words alone are a rule of a grammar as they stand.
    private static bool IsPlain(string phrase) =>
        !string.IsNullOrWhiteSpace(phrase) && phrase.Length <= 200 && phrase.All(static c => char.IsLetter(c) || c is ' ' or '\'');

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
