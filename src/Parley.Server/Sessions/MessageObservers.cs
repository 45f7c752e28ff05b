using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Parley.Server.Access;

namespace Parley.Server.Sessions;

/// <summary>Passes messages to the registered <see cref="ILiveWireObserver"/>s. Costs one comparison if there are none.</summary>
internal sealed partial class MessageObservers(IEnumerable<ILiveWireObserver> observers, ILogger<MessageObservers> logger)
{
    private readonly ILiveWireObserver[] _observers = [.. observers];

    internal void NotifyOpened(string connectionId, Caller? caller, KeyRing keys)
    {
        if (_observers.Length == 0)
            return;
        var opened = caller?.Describe(keys);
        foreach (var observer in _observers)
        {
            try
            {
                observer.Opened(connectionId, opened);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Log.ObserverFailed(logger, observer.GetType().Name, e);
            }
        }
    }

    internal void Notify(string connectionId, LiveDirection direction, WebSocketMessageType type, ReadOnlySpan<byte> payload)
    {
        foreach (var observer in _observers)
        {
            try
            {
                observer.Observe(connectionId, direction, type, payload);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Log.ObserverFailed(logger, observer.GetType().Name, e);
            }
        }
    }

    internal void NotifyClose(string connectionId, LiveDirection direction, int code, string? reason)
    {
        if (_observers.Length == 0)
            return;
        var payload = new byte[2 + Encoding.UTF8.GetByteCount(reason ?? "")];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
        Encoding.UTF8.GetBytes(reason ?? "", payload.AsSpan(2));
        Notify(connectionId, direction, WebSocketMessageType.Close, payload);
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.ObserverFailed, LogLevel.Error, "Message observer {Observer} failed")]
        public static partial void ObserverFailed(ILogger logger, string observer, Exception exception);
    }
}
