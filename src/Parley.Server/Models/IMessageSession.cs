using System.Net.WebSockets;
using Parley.Protocol;
using Parley.Server.Wire;

namespace Parley.Server;

/// <summary>
/// A session that receives and sends whole messages unchanged, for models that forward them. An <see cref="IMessageModel"/> returns one from
/// <see cref="ILiveModel.StartAsync"/>; the server then decodes only the client's setup.
/// </summary>
public interface IMessageSession : ILiveModelSession
{
    /// <summary>The first message to the client, in place of the server's own <c>setupComplete</c>.</summary>
    WireMessage Opening { get; }

    /// <summary>Called when <see cref="Opening"/> is queued: messages may be sent from now on.</summary>
    void Open(IMessageOutput output);

    /// <summary>
    /// Receives a client message. The next one is read when the returned task completes: a session that cannot take more waits here, which creates
    /// back-pressure on the client's socket. Size, order and the rules of the session have been checked.
    /// </summary>
    /// <param name="message">The message; its payload is valid until the returned task completes.</param>
    /// <exception cref="LiveCloseException">The message violates a rule of the session; it ends with this close.</exception>
    ValueTask ReceiveAsync(in ClientMessage message);

    void ILiveModelSession.Receive(LiveSessionRequest message) => throw new InvalidOperationException("A message session receives whole messages: call ReceiveAsync.");

    void ILiveModelSession.ReceiveAudio(ReadOnlySpan<byte> pcm, int rateHz) => throw new InvalidOperationException("A message session receives whole messages: call ReceiveAsync.");

    void ILiveModelSession.MediaSent(in LiveMedia media)
    {
    }
}

/// <summary>The client's side of a message session.</summary>
public interface IMessageOutput
{
    /// <summary>Whether the client asked for resumption handles.</summary>
    bool WantsHandles { get; }

    /// <summary>Reports what the server cannot see in messages that it does not parse: turns, calls, usage.</summary>
    ISessionMeter Meter { get; }

    /// <summary>
    /// Sends a message unchanged, and completes when the client's socket has taken it. One caller at a time. After the client has left, messages are dropped.
    /// </summary>
    /// <param name="message">The whole message; must stay unchanged until the returned task completes.</param>
    /// <param name="type">Text or binary.</param>
    /// <param name="kind">Its kind, for metrics.</param>
    ValueTask SendAsync(ReadOnlyMemory<byte> message, WebSocketMessageType type, MessageKind kind);

    /// <summary>Queues a message.</summary>
    void Send(LiveSessionResponse message);

    /// <summary>Saves a state from which the session can be resumed, and returns its handle; null if the client asked for none or the state was not saved.</summary>
    ValueTask<string?> CheckpointAsync(object state);

    /// <summary>Ends the session after everything sent.</summary>
    void Close(LiveClose close);
}

/// <summary>Reports what happens in a session, for metrics, traces, usage and limits. Safe for use by many threads.</summary>
public interface ISessionMeter
{
    /// <summary>Output of the model was forwarded; starts a turn unless one is running. Cheap when repeated.</summary>
    void Output();

    /// <summary>The current turn has ended.</summary>
    /// <param name="outcome"><c>completed</c>, <c>interrupted</c> or <c>lost</c>.</param>
    void TurnEnded(string outcome);

    /// <summary>The model called a function.</summary>
    void Called(string id, string name);

    /// <summary>A function call has ended.</summary>
    /// <param name="id">The id of the call.</param>
    /// <param name="outcome"><c>answered</c>, <c>cancelled</c> or <c>lost</c>.</param>
    void CallEnded(string id, string outcome);

    /// <summary>Tokens were used. Closes the session if its key is over its quota.</summary>
    void Used(UsageMetadata usage);

    /// <summary>Whether somebody observes what is said and called (<see cref="ILiveSessionEvents"/>); if not, <see cref="Content"/> does nothing.</summary>
    bool WantsContent => false;

    /// <summary>Reports what the model says and calls: transcripts, text and function calls of a message. Audio need not be in it.</summary>
    void Content(LiveSessionResponse message)
    {
    }
}

/// <summary>A client message, scanned but not decoded.</summary>
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

    /// <summary>Its kind.</summary>
    public MessageKind Kind => _peek.Kind;

    /// <summary>The message has a text of the user, or nobody knows.</summary>
    internal bool MayHaveText => _peek.HasTyped || _peek.Kind is MessageKind.Unreadable or MessageKind.Other;

    /// <summary>The value of <c>toolResponse</c>; empty if absent.</summary>
    public ReadOnlySpan<byte> ToolResponse => _peek.ToolResponse;
}

/// <summary>A whole encoded message.</summary>
/// <param name="Payload">Its bytes.</param>
/// <param name="Type">Text or binary.</param>
public sealed record WireMessage(ReadOnlyMemory<byte> Payload, WebSocketMessageType Type);
