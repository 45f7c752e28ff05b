using System.Net.WebSockets;

namespace Parley.Server;

/// <summary>
/// Sees every message of every connection, for recording and tests. Register any number as singletons. Called on the reader and the
/// writer of the connection: be quick, and copy what you keep. What it throws is logged and otherwise ignored.
/// </summary>
public interface ILiveWireObserver
{
    /// <summary>A whole message, or a close (its payload: two bytes of code, then the reason).</summary>
    /// <param name="connectionId">Id of the connection; also that of its session, where the session was not resumed.</param>
    /// <param name="direction">Who sent it.</param>
    /// <param name="type">Text, binary or close.</param>
    /// <param name="payload">The bytes; valid during the call only.</param>
    void Observe(string connectionId, LiveDirection direction, WebSocketMessageType type, ReadOnlySpan<byte> payload);
}

/// <summary>Who sent a message.</summary>
public enum LiveDirection
{
    /// <summary>The client.</summary>
    FromClient,

    /// <summary>The server.</summary>
    ToClient,
}
