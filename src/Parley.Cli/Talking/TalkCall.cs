using Parley.Cli.Calls;
using Parley.Client;

namespace Parley.Cli.Talking;

/// <summary>A voice call: follows the session, the keys and the devices, shows what happens, and hangs up when it is time.</summary>
internal sealed class TalkCall(
    LiveSession session, AudioCall call, MicrophoneSource? microphone, AudioPlayback playback, ITalkView view, TimeProvider timeProvider)
    : IDisposable
{
    // Quieter than this is nobody speaking.
    private const double SpeechDb = -38;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    // A recording that nobody answers is over after this; one that is answered, as soon as the answer was heard.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(8);

    private readonly TurnLatency _latency = new(timeProvider);
    private readonly CancellationTokenSource _hungUp = new();
    private long _lastUpdate = timeProvider.GetTimestamp();
    private volatile bool _answeredSinceEnd;
    private volatile bool _recordingEnded;
    private bool _awaitsResult;
    private bool _cut; // what still comes of the words of this turn was never spoken

    /// <summary>Runs the call to its end.</summary>
    /// <param name="recording">What is spoken in place of a microphone, where the call ends with it.</param>
    /// <param name="keys">The keyboard, where there is one.</param>
    /// <param name="cancellationToken">Hangs up.</param>
    /// <returns>How it ended; null where this side hung up.</returns>
    internal async Task<SessionEnd?> RunAsync(RecordedAudioInput? recording, TalkKeys? keys, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _hungUp.Token);
        var watching = WatchAsync(recording, either.Token);
        var typing = keys?.RunAsync(ActAsync, either.Token) ?? Task.CompletedTask;
        try
        {
            await foreach (var update in call.ReadAllAsync(either.Token))
            {
                Volatile.Write(ref _lastUpdate, timeProvider.GetTimestamp());
                Show(update);
                if (update is SessionEndedUpdate { End: var end })
                    return end;
            }
            return null;
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            return null;
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
                _latency.Asked();
                await call.StopTalkingAsync();
                break;
            case TalkAction.PushToTalk:
                await call.StartTalkingAsync();
                break;
            case TalkAction.Say:
                view.Typed(text);
                _latency.Asked();
                await session.SendTextAsync(text);
                break;
        }
    }

    private void Show(LiveUpdate update)
    {
        switch (update)
        {
            case AudioUpdate sound:
                _awaitsResult = _cut = false;
                if (_latency.Audio(sound.Duration))
                    _ = NoteAudibleAsync(call.FirstAudible);
                break;
            case InterimInputTranscriptUpdate interim:
                view.Heard(interim.Text, isInterim: true);
                break;
            case InputTranscriptUpdate heard:
                _latency.Heard();
                view.Heard(heard.Text, isInterim: false);
                break;
            case OutputTranscriptUpdate { Text.Length: > 0 } words when !_cut:
                Said(words.Text);
                break;
            case TextUpdate words:
                Said(words.Text);
                break;
            case InterruptedUpdate:
                _cut = call.IsAnswering;
                _latency.Interrupted();
                view.Interrupted();
                break;
            case ToolCallUpdate:
                _awaitsResult = true;
                CallFacts.Tell(update, view.Fact);
                break;
            case ToolCallCancelledUpdate:
                _awaitsResult = false;
                CallFacts.Tell(update, view.Fact);
                break;
            case TurnCompleteUpdate turn:
                _cut = false;
                view.EndTurn();
                _latency.Complete((sentence, data) => view.Fact("latency", sentence, data));
                _answeredSinceEnd |= _recordingEnded && turn.IsIdle && !_awaitsResult;
                break;
            default:
                CallFacts.Tell(update, view.Fact);
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
                _latency.Asked();
            if (call.MicrophoneEnded is { IsFaulted: true, Exception.InnerException: { } fault })
            {
                view.Fact("microphone", $"no microphone any more: {fault.Message}", ("message", fault.Message));
                microphone = null;
                return;
            }
            _recordingEnded = recording?.Ended.IsCompleted ?? false;
            if (_recordingEnded && IsOver())
                await _hungUp.CancelAsync();
        }
    }

    private bool IsOver() =>
        !call.IsAnswering && !playback.IsAudible
        && ((_answeredSinceEnd && !_awaitsResult) || timeProvider.GetElapsedTime(Volatile.Read(ref _lastUpdate)) > LongestSilence);
}
