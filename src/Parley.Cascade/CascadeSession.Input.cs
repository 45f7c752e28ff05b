using System.Runtime.InteropServices;
using Parley.Cascade.Input;
using Parley.Conversation;
using Parley.Protocol;
using Parley.Speech;

namespace Parley.Cascade;

/// <summary>The input side: audio, voice activity and recognition. Everything here runs under the lock.</summary>
internal sealed partial class CascadeSession
{
    // Pre-roll: detectors notice speech up to 165 ms late, and a recognizer also needs a little silence before the first sound.
    private const int PreRollSamples = 5_120;

    // One second: the part of a suspected echo that counts as speech, and more than any detector looks back with default settings.
    private const int MinKeptSamples = 16_000;

    // 100 ms: no word is shorter, and recognizers invent words for less.
    private const int MinSpeechSamples = 1_600;

    private readonly AddresseeDetector? _addressees;
    private readonly Queue<UserUtterance> _endedUtterances = [];
    private readonly SpeakerProfile _speaker = new();
    private AudioRingBuffer? _inputBuffer;
    private AudioInput? _input;
    private RecognitionStage? _recognition;
    private UserUtterance? _utterance;
    private IReadOnlyList<FunctionDeclaration>? _phrasesOf;
    private IReadOnlyList<string> _phrases = [];
    private TimeSpan? _answeredAt;
    private long _recognizedUpTo;
    private int _pendingRecognitions;
    private bool _isNextBargeInPending;

    /// <summary>An answer is on its way or still plays, so that speech is a barge-in.</summary>
    internal bool IsHeard => _machine.IsAnswering || Playback.Left > TimeSpan.Zero;

    /// <summary>VAD detected the start of speech.</summary>
    internal void SpeechStarted(long sample, TimeSpan now)
    {
        _isNextBargeInPending = Model.BargeIn.NeedsConfirmation && IsHeard;
        _machine.SpeechStarted(sample, now, _isNextBargeInPending);
        _isNextBargeInPending = false;
    }

    /// <summary>Whether the last answer ended with a question.</summary>
    internal bool AskedQuestion => _askedQuestion;

    /// <summary>Time since the listener heard the end of the last answer; null if there was none.</summary>
    internal TimeSpan? SinceAnswer(TimeSpan now) => _answeredAt is { } at ? Min(now - at, Playback.Silence) : null;

    /// <summary>VAD detected the end of speech.</summary>
    /// <param name="sample">Position after the last sample of speech.</param>
    /// <param name="speech">Duration of the speech.</param>
    /// <param name="endOfSpeech">Time of the last sample of speech.</param>
    /// <param name="now">Current time.</param>
    internal void SpeechEnded(long sample, TimeSpan speech, TimeSpan endOfSpeech, TimeSpan now)
    {
        if (_utterance is { } utterance)
            utterance.Speech = speech;
        _turns.SpeechEnded(endOfSpeech, now);
        _machine.SpeechEnded(sample);
    }

    /// <summary>No audio has arrived for a while: called by a timer.</summary>
    internal void AudioStalled() => Post(_ => _input?.EndIfStalled(Now));

    /// <summary>A slice of the user's activity was heard.</summary>
    /// <param name="pause">Silence since the last speech; zero while the user speaks.</param>
    /// <param name="window">Silence that ends the turn.</param>
    /// <param name="isLikelyOver">Whether the turn is more likely over than not.</param>
    internal void Listened(TimeSpan pause, TimeSpan window, bool isLikelyOver)
    {
        if (_speculation is null || _utterance is not { } utterance)
            return;
        if (pause > TimeSpan.Zero)
            _speculation.Paused(utterance, pause, window, isLikelyOver);
        else
            _speculation.Resumed();
    }

    /// <summary>A slice of audio was added to the buffer.</summary>
    internal void AudioReceived(ReadOnlySpan<short> samples, TimeSpan now)
    {
        _recognition?.Feed();
        if (_recognition is null && _utterance is { IsAudible: false } unheard)
            unheard.IsAudible = IsAudible(MemoryMarshal.AsBytes(samples));
        if (_utterance is { } heard)
            ShowInterim(heard, heard.Interim.Wait(samples.Length));
        if (_utterance is { IsBargeInPending: true })
            TryConfirmBargeIn(_utterance, now);
    }

    /// <summary>The recognizer has a new partial transcript of an utterance.</summary>
    internal void PartialRecognized(UserUtterance utterance) => Post(machine =>
    {
        ShowInterim(utterance, Model.HoldsPartials ? utterance.Interim.Add(utterance.Partial) : utterance.Partial);
        if (utterance != _utterance)
            return;
        _input?.PartialChanged(utterance.Partial, Now);
        if (utterance.IsBargeInPending)
            TryConfirmBargeIn(utterance, Now);
    });

    /// <summary>The recognizer has finished an utterance.</summary>
    /// <param name="utterance">The utterance.</param>
    /// <param name="text">Final transcript; null if recognition failed.</param>
    /// <param name="recognition">Stage that recognized it.</param>
    internal void RecognitionFinished(UserUtterance utterance, string? text, RecognitionStage recognition) => Post(_ =>
    {
        recognition.Done(utterance);
        ReportRecognized(utterance, text);
    });

    /// <summary>Restarts the recognition of an utterance under the lock; false if the session has ended or the restart failed.</summary>
    internal bool Restart(UserUtterance utterance, Func<UserUtterance, bool> restart)
    {
        lock (_gate)
            return !_disposed && restart(utterance);
    }

    /// <summary>Language and likely phrases for the recognizer.</summary>
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

    private AudioInput OpenInput()
    {
        Playback.Pace();
        // A long prefix needs more than the minimum.
        var prefix = Setup.RealtimeInputConfig?.AutomaticActivityDetection?.PrefixPaddingMs ?? 0;
        var min = Math.Max(MinKeptSamples, PcmFormat.Hz16000.SamplesIn(TimeSpan.FromMilliseconds(Math.Clamp(prefix, 0, 5_000)) * 5));
        var max = Math.Max(min, PcmFormat.Hz16000.SamplesIn(Model.Options.MaxKeptInput));
        _inputBuffer = new AudioRingBuffer((int)min, (int)max);
        if (Model.Parts.Recognizer is { } recognizer)
        {
            var coverage = Setup.RealtimeInputConfig?.TurnCoverage is { } given && given != TurnCoverage.Unspecified
                ? given
                : _options.DefaultTurnCoverage;
            var keepsAll = coverage == TurnCoverage.TurnIncludesAllInput;
            _inputBuffer.KeepFrom = keepsAll ? 0 : long.MaxValue;
            _recognition = new RecognitionStage(this, recognizer, _inputBuffer, keepsAll);
            // A client that marks its activity does so before it sends any audio.
            if (_utterance is { } started)
                _recognition.Begin(started);
        }
        return new AudioInput(_machine, this, _inputBuffer, Setup.RealtimeInputConfig?.AutomaticActivityDetection);
    }

    private void ShowInterim(UserUtterance utterance, string? text)
    {
        if (text is not null)
            _machine.RecognizedInterim(utterance.Number, Model.Options.ProfanityFilter == ProfanityFilter.Off ? text : ProfanityMask.Apply(text));
    }

    private void TryConfirmBargeIn(UserUtterance utterance, TimeSpan now)
    {
        if (_input is null || !Model.BargeIn.ConfirmsBargeIn(_input.SpokenFor, utterance.Partial))
            return;
        utterance.IsBargeInPending = false;
        _machine.ConfirmBargeIn(now);
    }

    private void BeginUtterance(int number, long fromSample)
    {
        // A client that marks its activity gives the exact start; a detector notices it late.
        var from = _machine.HasManualActivity || _inputBuffer is null
            ? fromSample
            : Math.Min(fromSample, _inputBuffer.End - PreRollSamples);
        from = Math.Max(Math.Max(from, _recognizedUpTo), _inputBuffer?.Start ?? 0);
        _utterance = new UserUtterance(this, number, from) { SpokenFrom = fromSample, IsBargeInPending = _isNextBargeInPending, IsAudible = !_machine.HasManualActivity };
        _recognition?.Begin(_utterance);
    }

    private void EndUtterance(long toSample)
    {
        var utterance = _utterance!;
        _utterance = null;
        _recognizedUpTo = toSample;
        utterance.To = toSample;
        _pendingRecognitions++;
        _endedUtterances.Enqueue(utterance);
    }

    // After the event: an engine may return its transcript at once.
    private void FinishRecognitions()
    {
        while (_endedUtterances.TryDequeue(out var utterance))
        {
            // A client that marks its activity may mark one without speech: a tap on its button, or an activity of text.
            if (_machine.HasManualActivity && utterance.To - utterance.SpokenFrom < MinSpeechSamples)
            {
                _recognition?.Drop(utterance);
                ReportRecognized(utterance, "");
            }
            else if (_recognition is not null)
            {
                _recognition.Finish(utterance);
            }
            else
            {
                ReportRecognized(utterance, utterance.IsAudible ? SpeechPlaceholder.Describe(utterance.To - utterance.SpokenFrom) : "");
            }
        }
    }

    private void ReportRecognized(UserUtterance utterance, string? text)
    {
        _pendingRecognitions--;
        var now = Now;
        var act = text is null ? SpeechAct.Turn : ActOf(utterance, text, now);
        var hasWords = text is not { Length: 0 } && act == SpeechAct.Turn;
        _turns.Recognized(hasWords, awaitsMore: _pendingRecognitions > 0 || _utterance is not null, now);
        if (text is null)
            _machine.RecognitionFailed(utterance.Number);
        else
            _machine.Recognized(utterance.Number, text, now, act);
        if (_pendingRecognitions == 0)
            _speculation?.Discard();
    }

    private SpeechAct ActOf(UserUtterance utterance, string text, TimeSpan now)
    {
        if (utterance.IsBargeInPending && Model.BargeIn.Classify(utterance.Speech, text) == SpeechAct.BackChannel)
            return SpeechAct.BackChannel;
        if (_addressees is null || _machine.HasManualActivity)
            return SpeechAct.Turn;
        return _addressees.IsAddressed(text, SinceAnswer(now), _askedQuestion) ? SpeechAct.Turn : SpeechAct.NotAddressed;
    }

    // Plain words are valid grammar rules without escaping.
    private static bool IsPlain(string phrase) =>
        !string.IsNullOrWhiteSpace(phrase) && phrase.Length <= 200 && phrase.All(static c => char.IsLetter(c) || c is ' ' or '\'');

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
