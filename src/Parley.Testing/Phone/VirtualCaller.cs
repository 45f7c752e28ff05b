using System.Buffers;
using System.Net.WebSockets;
using Parley.Audio;
using Parley.Protocol.Internal;
using Parley.Testing.Phone;

namespace Parley.Testing;

/// <summary>
/// Plays a telephone and its carrier against a media-stream WebSocket: it dials, speaks recordings in frames of 20 ms and silence between them, plays
/// what the server sends on one clock, returns marks when they were played, presses keys and hangs up. No account and no network is needed.
/// <code>
/// await using var caller = await VirtualCaller.CallAsync(new Uri("ws://localhost:8080/phone/twilio"));
/// await caller.SayAsync(WavFile.Load("question.wav"));
/// await caller.FirstAsync(CallerEventKind.SoundEnded);
/// await caller.HangUpAsync();
/// caller.Heard.Save("heard.wav");
/// </code>
/// Times are those since the start of the call. With a <see cref="TestClock"/> a call is deterministic: advance the clock, and nothing else moves. Safe
/// for use by many threads.
/// </summary>
public sealed partial class VirtualCaller : IAsyncDisposable
{
    /// <summary>How long the server may take to answer a close.</summary>
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    private static readonly SearchValues<char> KnownKeys = SearchValues.Create("0123456789*#ABCD");

    private readonly TimeProvider _time;
    private readonly VirtualCallerOptions _options;
    private readonly CarrierProtocol _protocol;
    private readonly CallerSocket _socket;
    private readonly TaskCompletionSource<CallerEnd> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer _timer;
    private readonly ITimer _closeTimer;
    private Task _running = Task.CompletedTask;

    private VirtualCaller(VirtualCallerOptions options, CarrierProtocol protocol, WebSocket socket)
    {
        (_options, _time, _protocol, _socket) = (options, options.TimeProvider, protocol, new CallerSocket(socket));
        _codec = new CallerCodec(options.Encoding, options.SampleRateHz);
        _heard = new HeardAudio(options.SampleRateHz, options.SoundThresholdDb, options.SoundPause);
        (_uplink, _downlink) = (new Impairment(options, 1), new Impairment(options, 2));
        _frame = new short[_codec.FrameSamples];
        _timer = _time.CreateGuardedTimer(this, static caller => caller.Tick(), static (caller, e) => caller.Fail(e));
        _closeTimer = _time.CreateGuardedTimer(this, static caller => caller._socket.Abort(), static (_, _) => { });
    }

    /// <summary>Id of the call, as the carrier names it to the server.</summary>
    public string CallId => _protocol.CallId;

    /// <summary>Id of the media stream: <c>streamSid</c>, <c>stream_id</c> or <c>streamId</c>.</summary>
    public string StreamId => _protocol.StreamId;

    /// <summary>Time since the call began, on the clock of the options.</summary>
    public TimeSpan Elapsed => _time.GetElapsedTime(_start);

    /// <summary>How the call ended. Never fails; completes when the connection is closed.</summary>
    public Task<CallerEnd> Completion => _completion.Task;

    /// <summary>Everything that happened, in order.</summary>
    public IReadOnlyList<CallerEvent> Events => _events.Snapshot;

    /// <summary>Messages of the server that its carrier would not have understood; empty if all is well. At most 100 are kept.</summary>
    public IReadOnlyList<string> Problems
    {
        get
        {
            lock (_gate)
                return [.. _problems];
        }
    }

    /// <summary>
    /// What the caller has heard since the call began, silence included, at the rate of the call; the first sample is at time zero. Copied at each call.
    /// </summary>
    public WavFile Heard
    {
        get
        {
            lock (_gate)
                return _heard.Audio;
        }
    }

    /// <summary>Frames of the caller.</summary>
    public CallerTraffic Sent
    {
        get
        {
            lock (_gate)
                return _sent;
        }
    }

    /// <summary>Frames of the server that were played.</summary>
    public CallerTraffic Played
    {
        get
        {
            lock (_gate)
                return _played;
        }
    }

    /// <summary>
    /// Silences of less than 200 ms within the audio of the server because it came too late, with the time of each: the caller hears them as clicks or
    /// stutter. Lost frames (<see cref="Played"/>) and clears do not count.
    /// </summary>
    public IReadOnlyList<(TimeSpan At, TimeSpan Length)> Gaps
    {
        get
        {
            lock (_gate)
                return [.. _gaps];
        }
    }

    /// <summary>Audio of the server that is waiting to be played.</summary>
    public TimeSpan Buffered
    {
        get
        {
            lock (_gate)
                return DurationOf(_buffer.Samples);
        }
    }

    /// <summary>
    /// The public key of a private one of Telnyx (<see cref="VirtualCallerOptions.Secret"/>), for the server that checks the webhook; both in base64.
    /// </summary>
    /// <exception cref="ArgumentException">The private key is not 32 bytes in base64.</exception>
    public static string TelnyxPublicKey(string privateKey)
    {
        ArgumentNullException.ThrowIfNull(privateKey);
        return CarrierSignature.TelnyxPublicKey(privateKey);
    }

    /// <summary>
    /// Calls: dials a media-stream WebSocket, or asks a webhook first, as the carrier of an incoming call does, and dials the stream in its answer. The
    /// call has begun when this returns.
    /// </summary>
    /// <param name="url"><c>ws://</c> or <c>wss://</c> for a stream, <c>http://</c> or <c>https://</c> for a webhook (TwiML, TeXML, Plivo XML).</param>
    /// <param name="configure">Changes the options; null = a call of Twilio without a signature.</param>
    /// <param name="cancellationToken">Cancels dialing.</param>
    /// <exception cref="ArgumentException">The address is neither, or an option is out of range.</exception>
    /// <exception cref="CallRefusedException">The server did not accept the call, or could not be reached in time.</exception>
    public static async Task<VirtualCaller> CallAsync(Uri url, Action<VirtualCallerOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(url);
        if (!url.IsAbsoluteUri || url.Scheme is not ("ws" or "wss" or "http" or "https"))
            throw new ArgumentException($"A call goes to ws:// or wss://, or to a webhook at http:// or https://, not to {url}", nameof(url));
        var options = new VirtualCallerOptions();
        configure?.Invoke(options);
        options.Check();
        var protocol = CarrierProtocol.Create(options);
        var socket = await new CallerDial(options, protocol).DialAsync(url, cancellationToken).ConfigureAwait(false);
        var caller = new VirtualCaller(options, protocol, socket);
        caller.Begin();
        return caller;
    }

    /// <summary>Speaks a recording after those that were given before; until then, and afterwards, the caller is silent.</summary>
    /// <param name="recording">Any rate; it is resampled to that of the call.</param>
    /// <returns>A task that completes when the last frame was sent: true, or false if the call ended or <see cref="StopSpeaking"/> was called before.</returns>
    public Task<bool> SayAsync(WavFile recording)
    {
        ArgumentNullException.ThrowIfNull(recording);
        var speech = new Speech(_codec.Prepare(recording));
        lock (_gate)
        {
            if (_state == State.Talking && speech.Samples.Length > 0)
                _speeches.Enqueue(speech);
            else
                speech.Done.TrySetResult(_state == State.Talking);
        }
        return speech.Done.Task;
    }

    /// <summary>Stops what the caller is saying, and forgets what it was to say.</summary>
    public void StopSpeaking()
    {
        lock (_gate)
            EndSpeeches();
    }

    /// <summary>Presses keys, one each 200 ms.</summary>
    /// <param name="keys">Any of <c>0</c> to <c>9</c>, <c>*</c>, <c>#</c> and <c>A</c> to <c>D</c>.</param>
    /// <returns>A task that completes when the last key was sent: true, or false if the call ended before.</returns>
    /// <exception cref="ArgumentException">There is no such key.</exception>
    public Task<bool> PressAsync(string keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        if (!AreKeys(keys))
            throw new ArgumentException($"Keys are 0 to 9, *, # and A to D: {keys}", nameof(keys));
        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            for (var i = 0; i < keys.Length && _state == State.Talking; i++)
                _keys.Enqueue((keys[i], i == keys.Length - 1 ? done : null));
            if (_state != State.Talking || keys.Length == 0)
                done.TrySetResult(_state == State.Talking);
        }
        return done.Task;
    }

    /// <summary>Waits for the first event of a kind, whether it has happened already or not.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ExpectationException">It did not happen within <see cref="Expect.Bound"/> in real time.</exception>
    public Task<CallerEvent> FirstAsync(CallerEventKind kind, CancellationToken cancellationToken = default) =>
        _events.FirstAsync(e => e.Kind == kind, $"the event {kind} of the caller", cancellationToken);

    /// <summary>Waits for the next event of a kind; what has happened does not count. The wait is armed when this returns.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ExpectationException">It did not happen within <see cref="Expect.Bound"/> in real time.</exception>
    public Task<CallerEvent> NextAsync(CallerEventKind kind, CancellationToken cancellationToken = default) =>
        _events.NextAsync(e => e.Kind == kind, $"the next event {kind} of the caller", cancellationToken);

    /// <summary>Start of the first audible frame that begins at this time or later; null if none was heard yet.</summary>
    public TimeSpan? SoundAfter(TimeSpan at)
    {
        lock (_gate)
            return _heard.SoundAfter(at);
    }

    /// <summary>
    /// The time, not before the given one, from which nothing audible was played for <see cref="VirtualCallerOptions.SoundPause"/>; null if that was not
    /// heard yet.
    /// </summary>
    public TimeSpan? SilenceAfter(TimeSpan at)
    {
        lock (_gate)
            return _heard.SilenceAfter(at);
    }

    /// <summary>Hangs up: the carrier sends <c>stop</c> and closes the connection. Does nothing if the call has ended.</summary>
    /// <param name="cancellationToken">Ends the wait for the server's close, which is cut after 5 s anyway.</param>
    public async Task<CallerEnd> HangUpAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_state == State.Talking)
            {
                EndTalking(new CallerEnd(Elapsed, ByCaller: true, null, ""));
                Send(_protocol.Stop());
                _socket.Close();
                _closeTimer.Change(CloseTimeout, Timeout.InfiniteTimeSpan);
            }
        }
        return await Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Cuts the connection without <c>stop</c> and without a close, as a failing carrier does.</summary>
    public void Cut()
    {
        lock (_gate)
        {
            if (_state == State.Talking)
                EndTalking(new CallerEnd(Elapsed, ByCaller: true, null, "cut"));
        }
        _socket.Abort();
    }

    /// <summary>Cuts the connection, if the call has not ended.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!Completion.IsCompleted)
            Cut();
        await _running.ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _closeTimer.DisposeAsync().ConfigureAwait(false);
        _socket.Dispose();
    }

    internal static bool AreKeys(string text) => !text.AsSpan().ContainsAnyExcept(KnownKeys);
}
