using Parley.Protocol;
using Parley.Server.Access;

namespace Parley.Server;

/// <summary>
/// What answers sessions: a local conversation, a relay, a recording. It takes client messages and yields server messages; it never
/// sees a socket. Recording, metering and faults are decorators around one. Safe for use by many sessions at once.
/// </summary>
public interface ILiveModel
{
    /// <summary>Starts a session, or resumes one; when this returns, the server sends <c>setupComplete</c>.</summary>
    /// <param name="start">What the session is to be.</param>
    /// <param name="output">Where the model says what it has to say; to be used only after this method returned.</param>
    /// <param name="cancellationToken">Cancelled when the client goes away first.</param>
    /// <exception cref="LiveCloseException">The setup is refused, with the close the client is to see.</exception>
    ValueTask<ILiveModelSession> StartAsync(LiveModelStart start, ILiveModelOutput output, CancellationToken cancellationToken);
}

/// <summary>What a session is to be.</summary>
public sealed record LiveModelStart
{
    /// <summary>Id of the session, the same after a resumption.</summary>
    public required string SessionId { get; init; }

    /// <summary>Id of the connection, another one after a resumption: what must not be mistaken for something of an earlier one carries it.</summary>
    public required string ConnectionId { get; init; }

    /// <summary>The effective setup, checked against the profile.</summary>
    public required Setup Setup { get; init; }

    /// <summary>The rules of the model asked for.</summary>
    public required ModelProfile Profile { get; init; }

    /// <summary>What <see cref="ILiveModelOutput.Checkpoint"/> was last given for the handle that is resumed; null = a new session.</summary>
    public object? ResumeFrom { get; init; }

    /// <summary>Version in the path the client opened: <c>v1</c>, <c>v1beta</c> or <c>v1alpha</c>.</summary>
    public string ApiVersion { get; init; } = "v1beta";

    /// <summary>Who opened the session.</summary>
    public LiveCaller? Caller { get; init; }

    /// <summary>
    /// The client's first message as it was sent, for an <see cref="IMessageModel"/>; null if <see cref="Setup"/> is not what it says, because a
    /// token or the model changed it. Valid while the model starts.
    /// </summary>
    public WireMessage? FirstMessage { get; init; }
}

/// <summary>
/// One running session. The server calls its methods one at a time and in the order of the wire, and never after disposal;
/// none of them may block.
/// </summary>
public interface ILiveModelSession : IAsyncDisposable
{
    /// <summary>A message of the client; never a setup, and never one that holds only audio.</summary>
    /// <exception cref="LiveCloseException">The message breaks a rule of the session.</exception>
    void Receive(LiveSessionRequest message);

    /// <summary>A chunk of the microphone.</summary>
    /// <param name="pcm">PCM16 little-endian mono; valid during the call only.</param>
    /// <param name="rateHz">Its rate in Hz.</param>
    /// <exception cref="LiveCloseException">The message breaks a rule of the session.</exception>
    void ReceiveAudio(ReadOnlySpan<byte> pcm, int rateHz);

    /// <summary>A chunk given to <see cref="ILiveModelOutput.SendMedia"/> was written to the socket. Called from the writer, at any time.</summary>
    void MediaSent(in LiveMedia media);
}

/// <summary>Where a model says what it has to say. Everything is sent in the order of the calls. Safe for use by many threads.</summary>
public interface ILiveModelOutput
{
    /// <summary>Queues a message.</summary>
    void Send(LiveSessionResponse message);

    /// <summary>Queues a chunk of the answer; it is left out if its generation is cancelled before it is written.</summary>
    void SendMedia(in LiveMedia media);

    /// <summary>Leaves out what is queued of this generation and those before it.</summary>
    void CancelMedia(int generation);

    /// <summary>Waits until the client has taken enough of what is queued; wait here before each chunk.</summary>
    ValueTask WaitForRoomAsync(CancellationToken cancellationToken);

    /// <summary>Says from what the session could be resumed now: an immutable state, or null while it cannot be.</summary>
    void Checkpoint(object? state);

    /// <summary>Ends the session behind everything queued.</summary>
    void Close(LiveClose close);
}

/// <summary>A chunk of an answer.</summary>
/// <param name="Generation">The generation it belongs to.</param>
/// <param name="Sequence">Number of the chunk in the session, rising.</param>
/// <param name="Pcm">24 kHz PCM16 mono; empty for a text answer. The memory is the server's until it was sent.</param>
/// <param name="Text">Text sent with it: the transcription of the audio, or the text of a text answer; null = none.</param>
public readonly record struct LiveMedia(int Generation, long Sequence, ReadOnlyMemory<byte> Pcm, string? Text);
