using System.Net.WebSockets;
using System.Threading.Channels;

namespace Parley.Server.Sessions;

/// <summary>
/// The messages of a session for one operator who watches it. The session never waits: beyond <see cref="MaxMessages"/> or <see cref="MaxBytes"/> that were
/// not read yet, messages are dropped and counted.
/// </summary>
internal sealed class SessionWatcher(SessionWatches owner, string sessionId) : IDisposable
{
    /// <summary>About 40 s of both voices.</summary>
    internal const int MaxMessages = 4_096;

    /// <summary>Memory of one slow watcher.</summary>
    internal const int MaxBytes = 8 << 20;

    // The bounds are counted here: events are few, and are not dropped.
    private readonly Channel<WatchedItem> _items = Channel.CreateUnbounded<WatchedItem>(new UnboundedChannelOptions { SingleReader = true });
    private int _messages, _bytes;
    private long _dropped;

    internal string SessionId => sessionId;

    /// <summary>Messages dropped so far.</summary>
    internal long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Completes with true when an item can be read, with false when the session is over.</summary>
    internal ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken) => _items.Reader.WaitToReadAsync(cancellationToken);

    internal bool TryRead(out WatchedItem item)
    {
        if (!_items.Reader.TryRead(out item))
            return false;
        if (item.Event is null)
        {
            Interlocked.Decrement(ref _messages);
            Interlocked.Add(ref _bytes, -item.Payload.Length);
        }
        return true;
    }

    internal void Add(in WatchedItem item)
    {
        if (item.Event is null)
        {
            // Both directions add at the same time, and may exceed the bounds by one message each.
            if (Volatile.Read(ref _messages) >= MaxMessages || Volatile.Read(ref _bytes) + item.Payload.Length > MaxBytes)
            {
                Interlocked.Increment(ref _dropped);
                return;
            }
            Interlocked.Increment(ref _messages);
            Interlocked.Add(ref _bytes, item.Payload.Length);
        }
        _items.Writer.TryWrite(item);
    }

    internal void Complete() => _items.Writer.TryComplete();

    public void Dispose() => owner.Leave(this);
}

/// <summary>A message of a watched session, or an event.</summary>
/// <param name="Timestamp">When it happened.</param>
/// <param name="Direction">Who sent the message.</param>
/// <param name="Type">Its type.</param>
/// <param name="Payload">A copy of its bytes; empty for events.</param>
/// <param name="Event">The event; null for messages.</param>
internal readonly record struct WatchedItem(long Timestamp, LiveDirection Direction, WebSocketMessageType Type, byte[] Payload, WatchedEvent? Event = null);

/// <summary>What happened to a watched session.</summary>
/// <param name="Name"><c>connected</c>: the session continues on another connection; <c>closed</c>: its connection has ended.</param>
/// <param name="Code">Code of the close.</param>
/// <param name="Reason">Reason of the close.</param>
internal sealed record WatchedEvent(string Name, int Code = 0, string Reason = "");
