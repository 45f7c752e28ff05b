using System.Net.WebSockets;

namespace Parley.Server;

/// <summary>
/// Observes every message of every connection, for recording and tests. Register any number as singletons. Called by the reader and the writer of the
/// connection: be quick, and copy the payload to keep it. Exceptions are logged and otherwise ignored.
/// </summary>
public interface ILiveWireObserver
{
    /// <summary>Called when a connection has been accepted, before its first message. Does nothing by default.</summary>
    /// <param name="connectionId">Id of the connection.</param>
    /// <param name="caller">Who opened it; null if its credential is refused.</param>
    void Opened(string connectionId, LiveCaller? caller)
    {
    }

    /// <summary>Called with a whole message, or a close (payload: two bytes of code, then the reason).</summary>
    /// <param name="connectionId">Id of the connection; also the id of its session, unless that was resumed.</param>
    /// <param name="direction">Who sent it.</param>
    /// <param name="type">Text, binary or close.</param>
    /// <param name="payload">The bytes; valid during the call only.</param>
    void Observe(string connectionId, LiveDirection direction, WebSocketMessageType type, ReadOnlySpan<byte> payload);
}
