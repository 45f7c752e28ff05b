using Parley.Speech.Recognition;
using Parley.Speech.Whisper.Decoding;
using Parley.Speech.Whisper.Measuring;

namespace Parley.Speech.Whisper.Streaming;

/// <summary>
/// One utterance. While it grows it is decoded again and again, one pass at a time:
/// <list type="bullet">
/// <item>words on which two passes in a row agree are its partial transcript (<see cref="AgreedWords"/>);</item>
/// <item>a pass that began in a pause and heard everything before it is the final transcript, if nothing follows;</item>
/// <item>of a long utterance, all but the last seconds is settled at a quiet place, and not decoded again.</item>
/// </list>
/// </summary>
internal sealed class WhisperRecognition(DecodeQueue queue, RecognitionRequest request, WhisperSettings settings, RecognizerCounters counters, TimeProvider timeProvider)
    : IRecognition, IDecodeOwner
{
    private const int SampleRate = 16_000;

    // The longest audio of a pass: beyond it, the oldest part is settled. The cut is at a quiet place in the middle third.
    private const int LongestPass = 16 * SampleRate;
    private const int EarliestCut = 6 * SampleRate;
    private const int LatestCut = 13 * SampleRate;

    private const int ShortestPartial = SampleRate / 2;

    // The language of shorter audio is a guess.
    private const int LanguageSamples = 2 * SampleRate;

    private readonly Lock _lock = new();
    private readonly TaskCompletionSource<Transcript> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SpeechExtent _extent = new();
    private readonly AgreedWords _words = new();
    private readonly string _prompt = PromptText.From(request.Phrases);
    private readonly UtteranceAudio _audio = new();
    private string _settled = "";
    private int _settledTo;
    private string? _language = settings.LanguageOf(request);
    private string _heardLanguage = "";
    private DecodeTask? _pass;
    private Hypothesis? _last;
    private int _triedTo;
    private TimeSpan _passTime;
    private string _reported = "";
    private TaskCompletionSource<Transcript?>? _peek;
    private bool _reporting;
    private bool _finished;
    private bool _ended;

    private string Language => _language ?? _heardLanguage;

    /// <summary>Whether a pass over everything that was said has ended.</summary>
    private bool IsAllHeard => _last is { } last && last.From == _settledTo && last.To >= SpokenTo;

    /// <summary>Whether the speaker has paused, and a pass has heard all before the pause.</summary>
    private bool IsPauseHeard => IsAllHeard && _audio.Count >= _extent.SpeechEnd;

    /// <summary>Whether anything is decoded before the end.</summary>
    private bool HasPasses => request.Partial is not null && settings.PartialInterval > TimeSpan.Zero;

    /// <summary>Position after the speech so far.</summary>
    private int SpokenTo => Math.Min(_extent.SpeechEnd, _audio.Count);

    public void Accept(ReadOnlySpan<short> samples)
    {
        lock (_lock)
        {
            if (_finished)
                throw new InvalidOperationException("The utterance is finished; no audio can be added.");
            if (_ended)
                return;
            _extent.Append(_audio.Append(samples));
            if (_pass is null && !_reporting)
                BeginPartial();
        }
    }

    /// <summary>
    /// Waits for the pass that begins in a pause, which is the final one if nothing follows: so the transcript comes early and costs nothing.
    /// </summary>
    public async ValueTask<Transcript?> PeekAsync(CancellationToken cancellationToken = default)
    {
        TaskCompletionSource<Transcript?> peek;
        lock (_lock)
        {
            if (_finished || _ended || !HasPasses)
                return null;
            if (IsPauseHeard)
                return TranscriptOf(_last!.Text);
            peek = _peek ??= new TaskCompletionSource<Transcript?>(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        return await peek.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<Transcript> FinishAsync(CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (_finished)
                throw new InvalidOperationException("The utterance is finished already.");
            _finished = true;
            EndPeek(null);
            if (!_ended)
            {
                var wasReady = _pass is null && IsAllHeard;
                Finish();
                counters.Finished(wasReady && _ended);
            }
        }
        try
        {
            return await _result.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Abandon();
            throw;
        }
    }

    public ValueTask DisposeAsync()
    {
        Abandon();
        return ValueTask.CompletedTask;
    }

    bool IDecodeOwner.TryBegin(DecodeTask task, Span<short> audio, out DecodeRequest decode)
    {
        lock (_lock)
        {
            decode = default;
            if (_ended)
                return false;
            _audio.CopyTo(audio, task.From);
            task.MayRetry = task.IsFinal || task.IsCommit;
            decode = new DecodeRequest(
                0, _language, PromptText.Join(_prompt, _settled), settings.AudioContextFor(audio.Length), 0, WhisperSettings.MaxTokensFor(audio.Length),
                task.MayRetry ? WhisperSettings.TemperatureStep : 0);
            return true;
        }
    }

    void IDecodeOwner.Completed(DecodeTask task, DecodeResult? result, Exception? failure)
    {
        string? report = null;
        lock (_lock)
        {
            _pass = null;
            _passTime = timeProvider.GetElapsedTime(task.Queued);
            if (_ended)
            {
                _audio.Release();
                return;
            }
            if (failure is not null)
            {
                // A partial pass that failed is not repeated: the next one comes with more audio, or with the end of the utterance.
                _triedTo = task.To;
                if (failure is ObjectDisposedException || (_finished && (failure is not SpeechEngineException || task.Attempts >= DecodeQueue.MaxAttempts)))
                    Fail(failure);
                else if (_finished)
                    Finish();
                return;
            }
            if (!result!.IsCancelled)
                report = Heard(task, result);
            _reporting = report is not null;
            if (!_reporting)
                Continue();
        }
        if (report is not null)
            Report(report);
    }

    /// <summary>Takes the result of a pass; returns the partial transcript if it is to be reported.</summary>
    private string? Heard(DecodeTask task, DecodeResult result)
    {
        _triedTo = task.To;
        if (result.Language.Length > 0)
            _heardLanguage = result.Language;
        if (task.To - task.From >= LanguageSamples && result.Language.Length > 0)
            _language ??= result.Language;
        var text = TranscriptGuard.Clean(result, _prompt);
        if (task.IsCommit)
        {
            (_settled, _settledTo, _last) = (Join(_settled, text), task.To, null);
            _words.Restart();
            text = "";
        }
        else
        {
            _last = new Hypothesis(task.From, task.To, text, result, task.MayRetry);
            text = _words.Add(text, IsPauseHeard);
            if (IsPauseHeard)
                EndPeek(TranscriptOf(_last.Text));
        }
        var partial = Join(_settled, text);
        if (_finished || request.Partial is null || partial.Length == 0 || partial == _reported)
            return null;
        return _reported = partial;
    }

    // Outside of the lock. What it delays, the result included, continues afterwards.
    private void Report(string partial)
    {
        Exception? failure = null;
        try
        {
            request.Partial!(partial);
        }
        catch (Exception e) // An exception of the caller: it is returned to the caller, and the decoder is kept.
        {
            failure = e;
        }
        lock (_lock)
        {
            _reporting = false;
            if (_ended)
                return;
            if (failure is not null)
                Fail(failure);
            else
                Continue();
        }
    }

    private void Continue()
    {
        if (_finished)
            Finish();
        else
            BeginPartial();
    }

    /// <summary>Begins a pass if there is enough new speech, or if the speaker has paused.</summary>
    private void BeginPartial()
    {
        if (!HasPasses)
            return;
        if (_audio.Count - _settledTo > LongestPass)
        {
            Submit(_settledTo, Cut(), isCommit: true);
            return;
        }
        var end = SpokenTo;
        if (end <= Math.Max(_triedTo, _settledTo) || end - _settledTo < ShortestPartial)
            return;
        // Under load a pass takes longer, and then passes become rarer, so that one session never takes all of the time.
        var interval = Math.Max(settings.PartialInterval.TotalSeconds, 1.25 * _passTime.TotalSeconds) * SampleRate;
        if (_audio.Count >= _extent.SpeechEnd || _audio.Count - Math.Max(_triedTo, _settledTo) >= interval)
            Submit(_settledTo, end, isCommit: false);
    }

    /// <summary>Completes the utterance, or begins what is still missing.</summary>
    private void Finish()
    {
        if (_pass is { } pass)
        {
            // A pass over everything that was said is the final one. Another one makes room for it.
            if (pass.IsCommit || pass.To >= SpokenTo)
                queue.Promote(pass);
            else if (queue.Cancel(pass))
                _pass = null;
        }
        if (_pass is not null || _reporting)
            return;
        var end = SpokenTo;
        if (_extent.IsSilent || end <= _settledTo)
            Complete("");
        else if (IsAllHeard && (_last!.MayRetry || !TranscriptGuard.IsDoubtful(_last.Result)))
            Complete(_last.Text);
        else if (end - _settledTo > LongestPass + (4 * SampleRate))
            Submit(_settledTo, Cut(), isCommit: true);
        else
            Submit(_settledTo, end, isCommit: false);
    }

    private int Cut() => _extent.QuietestCut(_settledTo + EarliestCut, _settledTo + LatestCut);

    private void Submit(int from, int to, bool isCommit)
    {
        var pass = new DecodeTask(this, from, to, isCommit, isFinal: _finished) { Queued = timeProvider.GetTimestamp() };
        try
        {
            if (queue.Submit(pass))
                _pass = pass;
            else
                _triedTo = to;
        }
        catch (ObjectDisposedException e)
        {
            Fail(e);
        }
    }

    private void Complete(string text)
    {
        var transcript = TranscriptOf(text);
        if (transcript.Text.Length > 0 && settings.Language is null && request.Speaker is { } speaker && Language.Length > 0)
            speaker.Language = Language;
        End();
        _result.TrySetResult(transcript);
    }

    private Transcript TranscriptOf(string text)
    {
        text = Join(_settled, text);
        return text.Length == 0 ? Transcript.Empty : new Transcript(text) { Language = WhisperLanguage.TagOf(Language) };
    }

    private void EndPeek(Transcript? transcript)
    {
        _peek?.TrySetResult(transcript);
        _peek = null;
    }

    private void Fail(Exception exception)
    {
        End();
        _result.TrySetException(exception);
        // Mark the exception as observed: maybe nothing awaits the result.
        _ = _result.Task.Exception;
    }

    private void Abandon()
    {
        lock (_lock)
        {
            if (_pass is { } pass && queue.Cancel(pass))
                _pass = null;
            End();
        }
    }

    // The audio stays while a pass may still read it.
    private void End()
    {
        _ended = true;
        EndPeek(null);
        if (_pass is null)
            _audio.Release();
    }

    private static string Join(string first, string second) => first.Length == 0 ? second : second.Length == 0 ? first : $"{first} {second}";

    /// <summary>What a pass heard between two positions.</summary>
    private sealed record Hypothesis(int From, int To, string Text, DecodeResult Result, bool MayRetry);
}
