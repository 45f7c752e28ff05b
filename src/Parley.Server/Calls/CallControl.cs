using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Parley.Server.Calls;

/// <summary>The running calls of this server, for other processes: finds them by id, and passes their events on.</summary>
internal sealed class CallControl : ILiveSessionEvents
{
    /// <summary>Enough for several systems that take part in a call.</summary>
    internal const int MaxFeeds = 16;

    private const int FeedLength = 1_000;

    private readonly ConcurrentDictionary<string, CallSide> _running = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<CallFeed>> _feeds = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    /// <summary>The running calls.</summary>
    internal IEnumerable<CallSide> Running => _running.Values;

    internal CallSide? Find(string sessionId) => _running.GetValueOrDefault(sessionId);

    internal void Started(CallSide side) => _running[side.Start.SessionId] = side;

    internal void Ended(CallSide side) => _running.TryRemove(new(side.Start.SessionId, side));

    /// <summary>Receives the events of a session from now on; null if too many do.</summary>
    internal CallFeed? TrySubscribe(string sessionId)
    {
        lock (_gate)
        {
            if (!_feeds.TryGetValue(sessionId, out var feeds))
                _feeds[sessionId] = feeds = [];
            if (feeds.Count >= MaxFeeds)
                return null;
            var feed = new CallFeed(this, sessionId, FeedLength);
            feeds.Add(feed);
            return feed;
        }
    }

    internal void Unsubscribe(CallFeed feed)
    {
        lock (_gate)
        {
            if (_feeds.TryGetValue(feed.SessionId, out var feeds) && feeds.Remove(feed) && feeds.Count == 0)
                _feeds.Remove(feed.SessionId);
        }
    }

    public ValueTask OnEventAsync(LiveSessionEvent sessionEvent, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_feeds.TryGetValue(sessionEvent.Session.Id, out var feeds))
                feeds.ForEach(feed => feed.Write(sessionEvent));
        }
        return default;
    }
}

/// <summary>The events of one session, for one reader. If it reads too slowly, events are dropped and counted.</summary>
internal sealed class CallFeed(CallControl control, string sessionId, int length) : IDisposable
{
    private readonly Channel<LiveSessionEvent> _queue = Channel.CreateBounded<LiveSessionEvent>(new BoundedChannelOptions(length) { SingleReader = true });
    private long _dropped;

    internal string SessionId => sessionId;

    internal ChannelReader<LiveSessionEvent> Events => _queue.Reader;

    internal long Dropped => Interlocked.Read(ref _dropped);

    internal void Write(LiveSessionEvent sessionEvent)
    {
        if (!_queue.Writer.TryWrite(sessionEvent))
            Interlocked.Increment(ref _dropped);
    }

    public void Dispose() => control.Unsubscribe(this);
}
