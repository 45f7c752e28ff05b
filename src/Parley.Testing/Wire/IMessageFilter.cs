using Parley.Server;

namespace Parley.Testing.Wire;

/// <summary>
/// Sees and changes the messages of one connection. It is called one message at a time, in order, under the lock of the connection: it needs no lock of its
/// own and must not wait. A filter that is an <see cref="IUpgradeFilter"/> too is asked before the WebSocket is opened.
/// </summary>
internal interface IMessageFilter
{
    /// <summary>Passes on a message of the client, changes it, drops it, or sends several.</summary>
    void FromClient(WireMessage message, IMessageSink toServer);

    /// <summary>Passes on a message of the server, changes it, drops it, or sends several.</summary>
    void ToClient(WireMessage message, IMessageSink toClient);
}

/// <summary>Where a filter sends messages: to the next filter in this direction, and at last to the peer. May be kept and used later, from any thread.</summary>
internal interface IMessageSink
{
    /// <summary>The other direction, as this filter sends to it: an answer to the sender.</summary>
    IMessageSink Back { get; }

    /// <summary>Sends a message; nothing happens if the connection has ended.</summary>
    void Send(WireMessage message);

    /// <summary>Sends a close frame in this direction and drops what follows. The other side loses its connection.</summary>
    void Close(int code, string reason);

    /// <summary>Resets the connection on both sides.</summary>
    void Cut();
}

/// <summary>Decides about a WebSocket upgrade.</summary>
internal interface IUpgradeFilter
{
    /// <summary>HTTP status to answer instead of the upgrade; null = go on.</summary>
    /// <param name="target">Path and query of the request.</param>
    /// <param name="headers">Its headers; names ignore case, several values are joined with ", ".</param>
    int? Refuse(string target, IReadOnlyDictionary<string, string> headers);
}

/// <summary>A filter next to the client that can break the connection itself.</summary>
internal interface ILinkFilter : IMessageFilter
{
    /// <summary>A message begins.</summary>
    /// <returns>Whether to read it as a whole; otherwise its bytes pass as they are, if no other filter wants it.</returns>
    bool Begin(bool fromClient);

    /// <summary>A WebSocket upgrade was requested; the server has not seen it yet.</summary>
    /// <returns>False if the request must not reach the server.</returns>
    ValueTask<bool> ConnectingAsync(WireLink link, CancellationToken cancellationToken);

    /// <summary>The server has opened the WebSocket; the client knows when its queue is written.</summary>
    void Opened();

    /// <summary>The connection has ended.</summary>
    void Ended();
}
