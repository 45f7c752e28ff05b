using System.Net.WebSockets;
using Parley.Protocol;
using Parley.Server.Wire;

namespace Parley.Server;

/// <summary>
/// A session that takes and gives whole messages as they are, for models that answer elsewhere. An <see cref="IMessageModel"/> returns one from
/// <see cref="ILiveModel.StartAsync"/>; then nothing the client sends is parsed but its setup.
/// </summary>
public interface IMessageSession : ILiveModelSession
{
    /// <summary>Sent to the client in place of the server's own <c>setupComplete</c>.</summary>
    WireMessage Opening { get; }

    /// <summary>The opening is on its way: messages may be sent from now on.</summary>
    void Open(IMessageOutput output);

    /// <summary>
    /// Takes a message of the client. The next one comes when the returned task is done: a session that cannot take more waits here, and
    /// the client then waits on its socket. Size, order and the rules of the session have been checked.
    /// </summary>
    /// <param name="message">The message; its payload is valid until the returned task is done.</param>
    /// <exception cref="LiveCloseException">The message breaks a rule of the session.</exception>
    ValueTask ReceiveAsync(in ClientMessage message);

    void ILiveModelSession.Receive(LiveSessionRequest message) => throw new InvalidOperationException("A message session is given whole messages.");

    void ILiveModelSession.ReceiveAudio(ReadOnlySpan<byte> pcm, int rateHz) => throw new InvalidOperationException("A message session is given whole messages.");

    void ILiveModelSession.MediaSent(in LiveMedia media)
    {
    }
}

/// <summary>The client's side of a message session.</summary>
public interface IMessageOutput
{
    /// <summary>Whether the client asked for handles to resume with.</summary>
    bool WantsHandles { get; }

    /// <summary>Takes what the server cannot see in messages it does not parse: turns, calls, usage.</summary>
    ISessionMeter Meter { get; }

    /// <summary>
    /// Sends a message as it is, and waits until the client's socket took it. One caller at a time. Once the client is gone, messages are dropped.
    /// </summary>
    /// <param name="message">The whole message; free again when the returned task is done.</param>
    /// <param name="type">Text or binary.</param>
    /// <param name="kind">What it holds, for metrics.</param>
    ValueTask SendAsync(ReadOnlyMemory<byte> message, WebSocketMessageType type, MessageKind kind);

    /// <summary>Queues a message of the model's own.</summary>
    void Send(LiveSessionResponse message);

    /// <summary>Keeps a state the session could be resumed from, and returns the handle for it; null if the client asked for none or lost the session.</summary>
    ValueTask<string?> CheckpointAsync(object state);

    /// <summary>Ends the session after everything sent.</summary>
    void Close(LiveClose close);
}

/// <summary>Reports what happens in a session, for metrics, traces, usage and limits. Safe for use by many threads.</summary>
public interface ISessionMeter
{
    /// <summary>Something of an answer is on its way; starts a turn unless one runs. Cheap when repeated.</summary>
    void Output();

    /// <summary>The running turn is over.</summary>
    /// <param name="outcome"><c>completed</c>, <c>interrupted</c> or <c>lost</c>.</param>
    void TurnEnded(string outcome);

    /// <summary>The model asked for a function call.</summary>
    void Called(string id, string name);

    /// <summary>A function call is over.</summary>
    /// <param name="id">The id of the call.</param>
    /// <param name="outcome"><c>answered</c>, <c>cancelled</c> or <c>lost</c>.</param>
    void CallEnded(string id, string outcome);

    /// <summary>Tokens were used. Ends the session if its key has no more.</summary>
    void Used(UsageMetadata usage);
}

/// <summary>A whole message of the client, looked at once.</summary>
public readonly ref struct ClientMessage
{
    private readonly ClientPeek _peek;

    internal ClientMessage(ReadOnlyMemory<byte> payload, WebSocketMessageType type, in ClientPeek peek)
    {
        (Payload, Type) = (payload, type);
        _peek = peek;
    }

    /// <summary>Its bytes.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>Text or binary.</summary>
    public WebSocketMessageType Type { get; }

    /// <summary>What it holds.</summary>
    public MessageKind Kind => _peek.Kind;

    /// <summary>The value of <c>toolResponse</c>; empty if there is none.</summary>
    public ReadOnlySpan<byte> ToolResponse => _peek.ToolResponse;
}

/// <summary>A whole message.</summary>
/// <param name="Payload">Its bytes.</param>
/// <param name="Type">Text or binary.</param>
public sealed record WireMessage(ReadOnlyMemory<byte> Payload, WebSocketMessageType Type);
