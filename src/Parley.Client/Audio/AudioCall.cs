using System.Runtime.CompilerServices;
using Parley.Client.Audio;
using Parley.Protocol;

namespace Parley.Client;

/// <summary>
/// A session with a microphone and a loudspeaker: the microphone is sent, answers are played, and an interruption stops playback. It reads
/// the session, so read the updates from the call. Created by <see cref="AudioCallExtensions.WithAudio"/>; disposing it stops the
/// microphone, but disposes neither the session nor the devices.
/// </summary>
public sealed class AudioCall : IAsyncDisposable
{
    private readonly LiveSession _session;
    private readonly MicrophoneSource? _microphone;
    private readonly AudioPlayback? _playback;
    private readonly AudioCallOptions _options;
    private readonly PreRoll _preRoll;
    private readonly CancellationTokenSource _ended = new();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly Task _sent;
    private volatile bool _talking;
    private volatile bool _answering;
    private volatile bool _discarding;

    internal AudioCall(LiveSession session, MicrophoneSource? microphone, AudioPlayback? playback, AudioCallOptions options)
    {
        _session = session;
        _microphone = microphone;
        _playback = playback;
        _options = options;
        _preRoll = new PreRoll(options.PushToTalk ? options.PreRoll : TimeSpan.Zero);
        session.Interrupting += OnInterrupting;
        _sent = microphone is null ? Task.CompletedTask : Task.Run(SendMicrophoneAsync);
    }

    /// <summary>Whether the microphone is being sent.</summary>
    public bool IsTalking => _microphone is not null && (_talking || !_options.PushToTalk);

    /// <summary>Whether an answer is being received. Its playback may last longer.</summary>
    public bool IsAnswering => _answering;

    /// <summary>
    /// Completes when the first audio of the newest answer is played: the end of the wait for the listener. False if it was cut before
    /// that, or there is no loudspeaker.
    /// </summary>
    public Task<bool> FirstAudible { get; private set; } = Task.FromResult(false);

    /// <summary>Completes when the microphone ends: its source is over, or the session has ended. Fails if the device fails.</summary>
    public Task MicrophoneEnded => _sent;

    /// <summary>
    /// The updates of the session, <see cref="LiveSession.ReadAllAsync(CancellationToken)"/>, including audio, which is already queued for
    /// playback. Keep reading: this loop does the playing.
    /// </summary>
    /// <param name="cancellationToken">Cancels the enumeration only.</param>
    /// <exception cref="AudioDeviceException">The loudspeaker failed.</exception>
    public async IAsyncEnumerable<LiveUpdate> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var update in _session.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            switch (update)
            {
                case AudioUpdate audio:
                    if (!_answering && _playback is not null)
                        FirstAudible = _playback.NextAudibleAsync(CancellationToken.None);
                    _answering = true;
                    if (!_discarding && _playback is not null)
                        await _playback.WriteAsync(audio.Pcm, audio.RateHz, cancellationToken).ConfigureAwait(false);
                    break;
                case InterruptedUpdate:
                    // The session drops the rest of the turn. An interruption may also come after the turn, while it is still playing.
                    _discarding = false;
                    _playback?.Clear();
                    break;
                // A new connection does not continue the discarded output, and a lost answer has no end.
                case ReconnectedUpdate reconnected:
                    _discarding = false;
                    _answering &= !reconnected.Lost.Answer;
                    break;
                case TurnCompleteUpdate or SessionEndedUpdate:
                    _answering = _discarding = false;
                    break;
            }
            yield return update;
        }
    }

    /// <summary>Runs the call until the session has ended, for callers that need no updates.</summary>
    /// <param name="cancellationToken">Cancels the wait; the session stays open.</param>
    public async Task<SessionEnd> RunAsync(CancellationToken cancellationToken = default)
    {
        await foreach (var update in ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            if (update is SessionEndedUpdate { End: var end })
                return end;
        }
        return await _session.Completion.ConfigureAwait(false);
    }

    /// <summary>Starts an activity: sends <c>activityStart</c>, the pre-roll, then the microphone. Push-to-talk only.</summary>
    /// <exception cref="InvalidOperationException">The call is not push-to-talk.</exception>
    /// <exception cref="LiveSessionException">The session has ended.</exception>
    public async ValueTask StartTalkingAsync(CancellationToken cancellationToken = default)
    {
        RequirePushToTalk();
        await _sending.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_talking)
                return;
            // The server interrupts its answer; its message about that is still to come.
            _discarding = _answering;
            _playback?.Clear();
            await _session.SendActivityStartAsync(cancellationToken).ConfigureAwait(false);
            await _session.SendAudioAsync(_preRoll.Take(), cancellationToken: cancellationToken).ConfigureAwait(false);
            _talking = true;
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Ends the activity: sends <c>activityEnd</c>; the model answers. Push-to-talk only.</summary>
    /// <exception cref="InvalidOperationException">The call is not push-to-talk.</exception>
    /// <exception cref="LiveSessionException">The session has ended.</exception>
    public async ValueTask StopTalkingAsync(CancellationToken cancellationToken = default)
    {
        RequirePushToTalk();
        await _sending.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_talking)
                return;
            _talking = false;
            await _session.SendActivityEndAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>
    /// Stops the answer: stops playback at once, then calls <see cref="LiveSession.InterruptAsync"/>. Calling that directly does the same.
    /// </summary>
    /// <exception cref="LiveSessionException">The session has ended.</exception>
    public Task<InterruptResult> InterruptAsync(CancellationToken cancellationToken = default) => _session.InterruptAsync(cancellationToken);

    /// <summary>Stops the microphone.</summary>
    public async ValueTask DisposeAsync()
    {
        _session.Interrupting -= OnInterrupting;
        await _ended.CancelAsync().ConfigureAwait(false);
        await _sent.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ended.Dispose();
        _sending.Dispose();
    }

    // An update that was read already may still be on its way to playback; an InterruptedUpdate always follows.
    private void OnInterrupting(object? sender, EventArgs e)
    {
        _discarding = true;
        _playback?.Clear();
    }

    private void RequirePushToTalk()
    {
        if (!_options.PushToTalk)
            throw new InvalidOperationException("This call is not push-to-talk: its microphone is always open. Set AudioCallOptions.PushToTalk to true.");
    }

    private async Task SendMicrophoneAsync()
    {
        var chunk = new byte[MicrophoneSource.ChunkBytes];
        try
        {
            while (await _microphone!.ReadAsync(chunk, _ended.Token).ConfigureAwait(false))
            {
                await _sending.WaitAsync(_ended.Token).ConfigureAwait(false);
                try
                {
                    if (_options.PushToTalk && !_talking)
                        _preRoll.Keep(chunk);
                    else
                        await _session.SendAudioAsync(chunk, AudioFormat.InputRateHz, _ended.Token).ConfigureAwait(false);
                }
                finally
                {
                    _sending.Release();
                }
            }
            if (!_options.PushToTalk)
                await _session.SendAudioStreamEndAsync(_ended.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is LiveSessionException || (e is OperationCanceledException && _ended.IsCancellationRequested))
        {
            // The session or the call is over; the reader of the updates sees how.
        }
    }
}

/// <summary>Connects sessions with devices.</summary>
public static class AudioCallExtensions
{
    /// <summary>
    /// Connects a session with a microphone and a loudspeaker. The microphone is sent from now on; read the updates from the call, which
    /// plays them: <c>await foreach (var update in call.ReadAllAsync())</c>.
    /// </summary>
    /// <param name="session">The session; read by the call from now on.</param>
    /// <param name="microphone">The microphone; null = none.</param>
    /// <param name="playback">The loudspeaker; null = none.</param>
    /// <param name="options">Default: an open microphone.</param>
    public static AudioCall WithAudio(
        this LiveSession session, MicrophoneSource? microphone, AudioPlayback? playback, AudioCallOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(session);
        return new AudioCall(session, microphone, playback, options ?? new AudioCallOptions());
    }
}
