using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using Parley.Client.Session;
using Parley.Protocol;

namespace Parley.Client;

/// <summary>
/// An open session. Sending is safe from any thread; only one reader may enumerate at a time. Read it all the time: unread updates fill the
/// buffer (<see cref="LiveClientOptions.ReceiveCapacity"/>), and then nothing more is read from the socket. Dispose it to close the
/// session.
/// </summary>
/// <remarks>
/// For tests of an application, derive from this type and override the members the application uses; see
/// <see href="https://github.com/parley-live/parley/blob/main/docs/client.md#testing-your-application">Testing your application</see>.
/// </remarks>
public partial class LiveSession : IAsyncDisposable
{
    private readonly SessionParts? _parts;
    private int _reading;
    private bool _endDelivered;

    internal LiveSession(SessionParts parts)
    {
        _parts = parts;
        parts.Pump.Start();
    }

    /// <summary>
    /// A session without a connection, for a test double. Every verb that sends ends in <see cref="SendRawAsync"/> or
    /// <see cref="SendAudioAsync(ReadOnlyMemory{byte}, int, CancellationToken)"/>: override these two and
    /// <see cref="ReadAllAsync(CancellationToken)"/>, and what else the application calls.
    /// </summary>
    protected LiveSession()
    {
    }

    /// <summary>The server's acknowledgement of the setup.</summary>
    public virtual SetupComplete SetupComplete => _parts?.State.SetupComplete ?? new SetupComplete();

    /// <summary>Id of the session; commonly null on the Developer API.</summary>
    public virtual string? SessionId => _parts?.State.SessionId;

    /// <summary>
    /// Newest handle that the server marked resumable; null before the first one, or if the setup asked for none. A secret: it opens the
    /// conversation. Keep it for <see cref="SessionResumptionConfig.Handle"/>.
    /// </summary>
    public virtual string? ResumptionHandle => _parts?.State.ResumptionHandle;

    /// <summary>
    /// Whether the session is between two connections: audio is held, other messages wait. See <see cref="ReconnectingUpdate"/>.
    /// </summary>
    public virtual bool IsReconnecting => _parts?.State.Phase is SessionPhase.Rotating or SessionPhase.Reconnecting;

    /// <summary>Audio of the user that was dropped and never reaches the model, because there was no connection for too long.</summary>
    public virtual TimeSpan DroppedAudio => _parts?.State.DroppedAudio ?? TimeSpan.Zero;

    /// <summary>Tokens used so far.</summary>
    public virtual SessionUsage Usage => _parts?.State.Usage ?? new SessionUsage();

    /// <summary>
    /// Completes with how the session ended, never with an exception. It completes as soon as the end is known, even while updates are
    /// unread; but if unread updates fill the buffer, the close is not seen until some are read.
    /// </summary>
    public virtual Task<SessionEnd> Completion => Parts.State.Completion;

    private SessionParts Parts => _parts ?? throw NotOverridden();

    /// <summary>
    /// The updates from now on. Leave the loop or cancel it at any time: the session stays open, and enumerating again continues where it
    /// stopped. The stream ends after a <see cref="SessionEndedUpdate"/> without an exception, however the session ended; call
    /// <see cref="SessionEnd.ThrowIfAbnormal"/> to get one.
    /// </summary>
    /// <param name="cancellationToken">Cancels the enumeration only.</param>
    /// <exception cref="InvalidOperationException">Another loop is reading this session.</exception>
    public virtual async IAsyncEnumerable<LiveUpdate> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var (channel, updates) = (Parts.Updates, Parts.Updates.Reader);
        if (Interlocked.Exchange(ref _reading, 1) != 0)
            throw new InvalidOperationException("Another loop is reading this session. Read it in one place and pass the updates on from there.");
        try
        {
            while (await updates.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                while (updates.TryRead(out var update))
                {
                    channel.Taken(update);
                    if (Parts.State.IsSilenced(update))
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
    /// The updates from now on, with the audio of the answers written to a sink, in order with the other updates, from pooled memory: audio
    /// causes no allocation. For playback that copies or plays what it gets; clear it on <see cref="InterruptedUpdate"/>.
    /// </summary>
    /// <param name="audio">
    /// Takes the audio; called by this enumeration, so a slow sink delays what follows. No <see cref="AudioUpdate"/> is delivered.
    /// </param>
    /// <param name="cancellationToken">Cancels the enumeration only.</param>
    /// <exception cref="InvalidOperationException">Another loop is reading this session.</exception>
    public virtual async IAsyncEnumerable<LiveUpdate> ReadAllAsync(
        IAudioSink audio, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(audio);
        _parts?.Audio.Use();
        await foreach (var update in ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            if (update is AudioUpdate piece)
            {
                audio.Write(piece.Pcm.Span, piece.RateHz);
                _parts?.Audio.Return(piece);
            }
            else
            {
                yield return update;
            }
        }
    }

    /// <summary>
    /// Closes the session: sends a close, waits up to <see cref="LiveClientOptions.CloseTimeout"/> for the server's, then cuts the socket.
    /// Unread updates that fit the buffer can still be read. Calling it again waits for the same end.
    /// </summary>
    /// <returns>How the session ended.</returns>
    public virtual async Task<SessionEnd> CloseAsync()
    {
        if (_parts is null)
            return new SessionEnd(EndCause.ByClient, null, "");
        if (_parts.State.TryBeginClose())
        {
            var pump = _parts.Pump;
            _ = pump.Transport.SendCloseAsync(WebSocketCloseStatus.NormalClosure, "");
            using var timeoutCts = new CancellationTokenSource();
            var timeout = Task.Delay(_parts.Options.CloseTimeout, _parts.Options.TimeProvider, timeoutCts.Token);
            if (await Task.WhenAny(Completion, timeout).ConfigureAwait(false) == timeout)
                pump.Transport.Abort();
            await timeoutCts.CancelAsync().ConfigureAwait(false);
        }
        return await Completion.ConfigureAwait(false);
    }

    /// <summary>Same as <see cref="CloseAsync"/>.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    private static InvalidOperationException NotOverridden() => new(
        "This LiveSession has no connection: it was created by its protected constructor. Override the member that was called in the derived class.");
}
