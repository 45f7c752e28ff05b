using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Client.Connecting;
using Parley.Client.Profiles;
using Parley.Client.Receiving;
using Parley.Client.Resumption;
using Parley.Client.Session;
using Parley.Client.Telemetry;
using Parley.Client.Tools;
using Parley.Protocol;

namespace Parley.Client;

/// <summary>
/// An open session. Sending is safe from any thread; reading is for one at a time. Read it all the time: unread updates fill the buffer
/// (<see cref="LiveClientOptions.ReceiveCapacity"/>), and then nothing more is taken from the socket. Dispose it to hang up.
/// </summary>
public sealed partial class LiveSession : IAsyncDisposable
{
    private readonly LiveClientOptions _options;
    private readonly SessionState _state;
    private readonly SessionOutput _output;
    private readonly SessionPump _pump;
    private readonly ToolDispatcher _tools;
    private readonly ResumeSetup _wire;
    private readonly LiveModelProfile _profile;
    private readonly Preflight _preflight;
    private readonly ILogger _logger;
    private readonly AudioPool _audio;
    private int _reading;
    private bool _endDelivered;

    internal LiveSession(
        OpenedConnection connection, LiveSetup setup, Credential? credential, LiveClientOptions options, ResumeSetup? wire = null,
        LiveConnector? connector = null, LiveModelProfile? profile = null, bool startedFresh = false)
    {
        var logger = options.LoggerFactory?.CreateLogger<LiveSession>() ?? NullLogger<LiveSession>.Instance;
        _options = options;
        _wire = wire ??= new ResumeSetup(setup.ToWire(), options.Resumption);
        _profile = profile ?? LiveModelProfiles.Unknown;
        _preflight = new Preflight(options, logger);
        _logger = logger;
        _state = new SessionState(options.Resumption);
        _state.Telemetry = new SessionTelemetry(setup.Model, options);
        connection.Reader.Pool = _state.Audio = _audio = new AudioPool(options.ReceiveCapacity);
        _output = new SessionOutput(connection.Transport, _state, wire, options, logger);
        _tools = new ToolDispatcher(setup, _profile.Functions == FunctionUse.NonBlocking, _output, _state, options.TimeProvider, logger);
        var reconnector = new Reconnector(connector, wire, _state, options, logger);
        _pump = new SessionPump(connection, _state, _output, _tools, reconnector, wire, credential, options, logger);
        _tools.Publish = _pump.PublishAsync;
        foreach (var update in connection.Early)
        {
            if (update is SetupCompleteUpdate complete)
                _state.NoteSetup(complete);
        }
        if (startedFresh)
            connection.Early.Add(new ReconnectedUpdate(IsResumed: false, new ReconnectLoss { Conversation = true }, Resent: 0, Attempts: 2, TimeSpan.Zero));
        _pump.Start();
    }

    /// <summary>The acknowledgement of the setup.</summary>
    public SetupComplete SetupComplete => _state.SetupComplete ?? new SetupComplete();

    /// <summary>Id of the session; commonly null on the Developer API.</summary>
    public string? SessionId => _state.SessionId;

    /// <summary>
    /// Newest handle the server marked resumable; null before the first one, or where the setup asked for none. A secret: it opens the
    /// conversation. Keep it for <see cref="SessionResumptionConfig.Handle"/>.
    /// </summary>
    public string? ResumptionHandle => _state.ResumptionHandle;

    /// <summary>Between two connections: audio is held, other messages wait. See <see cref="ReconnectingUpdate"/>.</summary>
    public bool IsReconnecting => _state.Phase is SessionPhase.Rotating or SessionPhase.Reconnecting;

    /// <summary>Sound of the user that will never reach the model, because there was no connection for too long.</summary>
    public TimeSpan DroppedAudio => _state.DroppedAudio;

    /// <summary>Tokens so far.</summary>
    public SessionUsage Usage => _state.Usage;

    /// <summary>
    /// Ends in how the session ended, never in an exception. It is done as soon as the end is known, even while updates wait to be read;
    /// but where unread updates fill the buffer, the end on the socket is not seen until some are read.
    /// </summary>
    public Task<SessionEnd> Completion => _state.Completion;

    /// <summary>
    /// The updates from here on. Leave the loop or cancel it when you like: the session lives on, and enumerating again continues where it
    /// stopped. The stream ends after a <see cref="SessionEndedUpdate"/> without an exception, whatever the end was; call
    /// <see cref="SessionEnd.ThrowIfAbnormal"/> to have one.
    /// </summary>
    /// <param name="cancellationToken">Ends the enumeration only.</param>
    /// <exception cref="InvalidOperationException">Somebody else reads this session.</exception>
    public async IAsyncEnumerable<LiveUpdate> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _reading, 1) != 0)
            throw new InvalidOperationException("This session is being read already. Read it in one place and share the updates from there.");
        try
        {
            while (await _pump.Updates.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                while (_pump.Updates.TryRead(out var update))
                {
                    if (_state.IsSilenced(update))
                        continue;
                    yield return update;
                    cancellationToken.ThrowIfCancellationRequested();
                }
            }
            if (_endDelivered)
                yield break;
            _endDelivered = true;
            yield return new SessionEndedUpdate(await Completion.ConfigureAwait(false));
        }
        finally
        {
            Volatile.Write(ref _reading, 0);
        }
    }

    /// <summary>
    /// The same with the sound of the answers given to a sink, in order with the other updates, from memory that is used again: nothing is
    /// allocated for it. For playback that copies or plays what it gets; clear it on <see cref="InterruptedUpdate"/>.
    /// </summary>
    /// <param name="audio">Takes the sound; called by this enumeration, so it holds up what comes behind. No <see cref="AudioUpdate"/> is delivered.</param>
    /// <param name="cancellationToken">Ends the enumeration only.</param>
    /// <exception cref="InvalidOperationException">Somebody else reads this session.</exception>
    public async IAsyncEnumerable<LiveUpdate> ReadAllAsync(IAudioSink audio, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(audio);
        _audio.Use();
        await foreach (var update in ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            if (update is AudioUpdate piece)
            {
                audio.Write(piece.Pcm.Span, piece.RateHz);
                _audio.Return(piece);
            }
            else
            {
                yield return update;
            }
        }
    }

    /// <summary>
    /// Hangs up: says goodbye, waits up to <see cref="LiveClientOptions.CloseTimeout"/> for the answer, then cuts the socket. What is unread
    /// and fits the buffer can still be read. Calling it again waits for the same end.
    /// </summary>
    /// <returns>How the session ended.</returns>
    public async Task<SessionEnd> CloseAsync()
    {
        if (_state.TryBeginClose())
        {
            _ = _pump.Transport.SendCloseAsync(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, "");
            using var enough = new CancellationTokenSource();
            var bound = Task.Delay(_options.CloseTimeout, _options.TimeProvider, enough.Token);
            if (await Task.WhenAny(Completion, bound).ConfigureAwait(false) == bound)
                _pump.Transport.Abort();
            await enough.CancelAsync().ConfigureAwait(false);
        }
        return await Completion.ConfigureAwait(false);
    }

    /// <summary>Same as <see cref="CloseAsync"/>.</summary>
    public async ValueTask DisposeAsync() => await CloseAsync().ConfigureAwait(false);
}
