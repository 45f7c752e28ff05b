using System.Net.WebSockets;
using Parley.Protocol;

namespace Parley.Server;

/// <summary>
/// A session that takes and gives frames as they are, for what answers elsewhere. A model returns one from <see cref="ILiveModel.StartAsync"/>
/// in place of a session of messages; then nothing the client says is parsed but for its setup. The methods of the message seam are never called.
/// </summary>
public interface IFrameSession : ILiveModelSession
{
    /// <summary>What the client gets in place of the server's own <c>setupComplete</c>.</summary>
    WireMessage Opening { get; }

    /// <summary>The opening is on its way: from now on frames may be sent.</summary>
    void Open(IFrameOutput output);

    /// <summary>
    /// A frame of the client. The next one comes when this is done, so whoever cannot take more waits here; the client then waits on its socket.
    /// </summary>
    /// <param name="frame">The whole message; valid until the returned task is done.</param>
    /// <param name="type">Text or binary.</param>
    /// <exception cref="LiveCloseException">The message breaks a rule of the session.</exception>
    ValueTask ReceiveAsync(ReadOnlyMemory<byte> frame, WebSocketMessageType type);

    void ILiveModelSession.Receive(LiveSessionRequest message) => throw new InvalidOperationException("A session of frames is given frames.");

    void ILiveModelSession.ReceiveAudio(ReadOnlySpan<byte> pcm, int rateHz) => throw new InvalidOperationException("A session of frames is given frames.");

    void ILiveModelSession.MediaSent(in LiveMedia media)
    {
    }
}

/// <summary>Where a session of frames says what it has to say.</summary>
public interface IFrameOutput
{
    /// <summary>Whether the client asked for handles to resume with.</summary>
    bool WantsHandles { get; }

    /// <summary>
    /// Sends a frame as it is, and waits until the client's socket took it. One caller at a time. A client that is gone takes everything.
    /// </summary>
    /// <param name="frame">The whole message; free again when the returned task is done.</param>
    /// <param name="type">Text or binary.</param>
    ValueTask SendAsync(ReadOnlyMemory<byte> frame, WebSocketMessageType type);

    /// <summary>Queues a message of our own.</summary>
    void Send(LiveSessionResponse message);

    /// <summary>Keeps a state the session could be resumed from, and returns the handle for it; null where the client asked for none or lost the session.</summary>
    ValueTask<string?> CheckpointAsync(object state);

    /// <summary>A frame with <c>usageMetadata</c> was handed on: the key may have used up what it has.</summary>
    void UsageSeen();

    /// <summary>Ends the session behind everything sent.</summary>
    void Close(LiveClose close);
}

/// <summary>A whole message.</summary>
/// <param name="Payload">Its bytes.</param>
/// <param name="Type">Text or binary.</param>
public sealed record WireMessage(ReadOnlyMemory<byte> Payload, WebSocketMessageType Type);
