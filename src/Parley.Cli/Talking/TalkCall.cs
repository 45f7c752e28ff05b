using Parley.Cli.Calls;
using Parley.Client;

namespace Parley.Cli.Talking;

/// <summary>A voice call: follows the session, the keyboard and the audio devices, shows what happens, and hangs up at the end.</summary>
internal sealed class TalkCall(
    LiveSession session, AudioCall call, MicrophoneSource? microphone, AudioPlayback playback, ITalkView view, TimeSpan limit,
    TimeProvider timeProvider)
    : IDisposable
{
    // Audio below this level is not speech.
    private const double SpeechDb = -38;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    // After an answer, audio above the level of speech may be noise: it is given this time to be answered too.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(8);

    private readonly TurnLatency _latency = new(timeProvider);
    private readonly CancellationTokenSource _hungUp = new();
    private long _lastUpdate = timeProvider.GetTimestamp();
    private volatile bool _isAnswered; // the model completed a turn, and the user has not spoken since
    private volatile bool _hadAnswer; // an answer was completed, if not to the last of the recording
    private long? _recordingEnded;
    private volatile bool _awaitsResult; // a function was called, and the model has not spoken since
    private volatile bool _isUnanswered;
    private bool _isCut; // transcripts that still arrive in this turn were never spoken

    /// <summary>Runs the call to its end.</summary>
    /// <param name="recording">The recording that replaces the microphone, if the call is to end with it.</param>
    /// <param name="keys">The keyboard, if there is one.</param>
    /// <param name="cancellationToken">Hangs up.</param>
    /// <returns>How the session ended; null if this side hung up.</returns>
    /// <exception cref="CommandException">The recording was not answered in time.</exception>
    internal async Task<SessionEnd?> RunAsync(RecordedAudioInput? recording, TalkKeys? keys, CancellationToken cancellationToken)
    {
        using var linkedCts = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _hungUp.Token);
        var watching = WatchAsync(recording, linkedCts.Token);
        var typing = keys?.RunAsync(ActAsync, linkedCts.Token) ?? Task.CompletedTask;
        try
        {
            await foreach (var update in call.ReadAllAsync(linkedCts.Token))
            {
                if (AnswerLimit.IsProgress(update))
                    Volatile.Write(ref _lastUpdate, timeProvider.GetTimestamp());
                Show(update);
                if (update is SessionEndedUpdate { End: var end })
                    return end;
            }
            return null;
        }
        catch (OperationCanceledException) when (linkedCts.IsCancellationRequested)
        {
            return _isUnanswered
                ? throw new CommandException(
                    $"The recording was not answered within {AnswerLimit.Describe(limit)}. The server may have heard no speech in it. "
                    + "--timeout waits longer.",
                    ExitCodes.Failure)
                : null;
        }
        finally
        {
            await _hungUp.CancelAsync();
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await typing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => _hungUp.Dispose();

    private async ValueTask ActAsync(TalkAction action, string text)
    {
        switch (action)
        {
            case TalkAction.HangUp:
                await _hungUp.CancelAsync();
                break;
            case TalkAction.Mute when microphone is not null:
                microphone.IsMuted = !microphone.IsMuted;
                break;
            case TalkAction.Interrupt:
                await call.InterruptAsync();
                break;
            case TalkAction.PushToTalk when call.IsTalking:
                _latency.EndOfSpeech();
                await call.StopTalkingAsync();
                break;
            case TalkAction.PushToTalk:
                await call.StartTalkingAsync();
                break;
            case TalkAction.Say:
                view.Typed(text);
                _latency.EndOfSpeech();
                await session.SendTextAsync(text);
                break;
        }
    }

    private void Show(LiveUpdate update)
    {
        switch (update)
        {
            case AudioUpdate chunk:
                _awaitsResult = _isCut = false;
                if (_latency.Audio(chunk.Duration))
                    _ = NoteAudibleAsync(call.FirstAudible);
                break;
            case InterimInputTranscriptUpdate interim:
                view.Heard(interim.Text, isInterim: true);
                break;
            case InputTranscriptUpdate heard:
                _latency.Heard();
                view.Heard(heard.Text, isInterim: false);
                break;
            case OutputTranscriptUpdate { Text.Length: > 0 } words when !_isCut:
                Said(words.Text);
                break;
            case TextUpdate words:
                Said(words.Text);
                break;
            case InterruptedUpdate:
                _isCut = call.IsAnswering;
                _latency.Interrupted();
                view.Interrupted();
                break;
            case ToolCallUpdate:
                _awaitsResult = true;
                CallFacts.Report(update, view.Fact);
                break;
            case ToolCallCancelledUpdate:
                _awaitsResult = false;
                CallFacts.Report(update, view.Fact);
                break;
            case TurnCompleteUpdate turn:
                _isCut = false;
                view.EndTurn();
                _latency.Complete((sentence, data) => view.Fact("latency", sentence, data));
                _isAnswered = turn.IsIdle && !_awaitsResult;
                _hadAnswer |= _isAnswered;
                break;
            case IdleUpdate:
                _isAnswered = true;
                break;
            default:
                CallFacts.Report(update, view.Fact);
                break;
        }
    }

    private void Said(string text)
    {
        _awaitsResult = false;
        _latency.Text();
        view.Said(text);
    }

    private async Task NoteAudibleAsync(Task<bool> audible)
    {
        if (await audible)
            _latency.Audible();
    }

    private async Task WatchAsync(RecordedAudioInput? recording, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Tick, timeProvider);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            if (microphone is { IsMuted: false, Level.PeakDb: > SpeechDb } && call.IsTalking)
            {
                _latency.EndOfSpeech();
                _isAnswered = false;
            }
            if (call.MicrophoneEnded is { IsFaulted: true, Exception.InnerException: { } fault })
            {
                view.Fact("microphone", $"microphone lost: {fault.Message}", ("message", fault.Message));
                microphone = null;
                return;
            }
            if (recording is { Ended.IsCompleted: true } && IsOver())
                await _hungUp.CancelAsync();
        }
    }

    // After the recording: when its answer was heard. A server that sends nothing more is waited for until the limit.
    private bool IsOver()
    {
        _recordingEnded ??= timeProvider.GetTimestamp();
        if (playback.IsAudible)
            return false;
        var isComplete = !call.IsAnswering && !_awaitsResult;
        if (isComplete && _isAnswered)
            return true;
        var waited = timeProvider.GetElapsedTime(Math.Max(_recordingEnded.Value, Volatile.Read(ref _lastUpdate)));
        if (isComplete && _hadAnswer)
            return waited > LongestSilence;
        return _isUnanswered = waited > limit;
    }
}
