using System.Collections.ObjectModel;
using Parley.Protocol;

namespace Parley.Server;

/// <summary>
/// A model that answers sessions: a local conversation, a relay, a recording. It takes client messages and produces server messages, and has no access to
/// the socket. Recording, metering or fault injection can be decorators. Must be safe for use by many sessions at once.
/// </summary>
public interface ILiveModel
{
    /// <summary>Starts a session, or resumes one; when this returns, the server sends <c>setupComplete</c>.</summary>
    /// <param name="start">The parameters of the session.</param>
    /// <param name="output">The output of the session; use it only after this method has returned.</param>
    /// <param name="cancellationToken">Cancelled if the client leaves first.</param>
    /// <exception cref="LiveCloseException">The setup is refused, with the close for the client.</exception>
    ValueTask<ILiveModelSession> StartAsync(LiveModelStart start, ILiveModelOutput output, CancellationToken cancellationToken);
}

/// <summary>The parameters of a session.</summary>
public sealed record LiveModelStart
{
    /// <summary>Id of the session, the same after a resumption.</summary>
    public required string SessionId { get; init; }

    /// <summary>Id of the connection, which changes with a resumption; use it in ids that must not be confused with those of an earlier connection.</summary>
    public required string ConnectionId { get; init; }

    /// <summary>The effective setup, checked against the profile.</summary>
    public required Setup Setup { get; init; }

    /// <summary>The profile of the requested model.</summary>
    public required LiveModelProfile Profile { get; init; }

    /// <summary>The state that was passed to <see cref="ILiveModelOutput.Checkpoint"/> for the handle that is resumed; null = a new session.</summary>
    public object? ResumeFrom { get; init; }

    /// <summary>Version in the path the client opened: <c>v1</c>, <c>v1beta</c> or <c>v1alpha</c>.</summary>
    public string ApiVersion { get; init; } = "v1";

    /// <summary>Headers of the upgrade request that <see cref="UpstreamOptions.ForwardHeaders"/> names; none without a relay.</summary>
    public IReadOnlyDictionary<string, string> ForwardedHeaders { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Who opened the session.</summary>
    public LiveCaller? Caller { get; init; }

    /// <summary>
    /// The client's first message as it was sent, for an <see cref="IMessageModel"/>; null if a token or the model changed the setup. Valid until
    /// <see cref="ILiveModel.StartAsync"/> completes.
    /// </summary>
    public WireMessage? FirstMessage { get; init; }
}

/// <summary>
/// A running session. The server calls its methods one at a time, in the order of the client's messages, and never after disposal. They must not block.
/// </summary>
public interface ILiveModelSession : IAsyncDisposable
{
    /// <summary>Receives a client message; never a setup, and never one with audio only.</summary>
    /// <exception cref="LiveCloseException">The message violates a rule of the session; it ends with this close.</exception>
    void Receive(LiveSessionRequest message);

    /// <summary>Receives a chunk of audio input.</summary>
    /// <param name="pcm">PCM16 little-endian mono; valid during the call only.</param>
    /// <param name="rateHz">Its rate in Hz.</param>
    /// <exception cref="LiveCloseException">The message violates a rule of the session; it ends with this close.</exception>
    void ReceiveAudio(ReadOnlySpan<byte> pcm, int rateHz);

    /// <summary>Called after a chunk of <see cref="ILiveModelOutput.SendMedia"/> was written to the socket; on the writer, at any time.</summary>
    void MediaSent(in LiveMedia media);

    /// <summary>
    /// Called by clients that know what their user has heard, such as a telephone call; at any time, on any thread. Others are assumed to play in real
    /// time. Does nothing by default.
    /// </summary>
    /// <param name="position">Length of the audio that was played or dropped, of all that was sent on this connection; never decreases.</param>
    void MediaPlayed(TimeSpan position)
    {
    }
}

/// <summary>Output of a session. Everything is sent in the order of the calls. Safe for use by many threads.</summary>
public interface ILiveModelOutput
{
    /// <summary>Queues a message.</summary>
    void Send(LiveSessionResponse message);

    /// <summary>Queues a message that is already encoded; it is sent as it is and not metered.</summary>
    /// <param name="message">The message; its payload must stay unchanged until it was sent.</param>
    void Send(WireMessage message);

    /// <summary>Queues a media chunk; it is skipped if its generation is cancelled before it is written.</summary>
    void SendMedia(in LiveMedia media);

    /// <summary>Skips queued media of this generation and earlier ones.</summary>
    void CancelMedia(int generation);

    /// <summary>Waits while the client is too far behind (<see cref="LiveConnectionOptions.MaxUnsentMedia"/>); call it before each chunk.</summary>
    ValueTask WaitForRoomAsync(CancellationToken cancellationToken);

    /// <summary>Saves the state from which the session can be resumed now: an immutable object, or null while it is not resumable.</summary>
    void Checkpoint(object? state);

    /// <summary>Ends the session after everything that is queued.</summary>
    void Close(LiveClose close);
}

/// <summary>A chunk of output.</summary>
/// <param name="Generation">The generation it belongs to.</param>
/// <param name="Sequence">Number of the chunk in the session, increasing.</param>
/// <param name="Pcm">24 kHz PCM16 mono; empty for a text answer. The memory must stay unchanged until it was sent.</param>
/// <param name="Text">Text sent with it: the transcription of the audio, or the text of a text answer; null = none.</param>
public readonly record struct LiveMedia(int Generation, long Sequence, ReadOnlyMemory<byte> Pcm, string? Text);
