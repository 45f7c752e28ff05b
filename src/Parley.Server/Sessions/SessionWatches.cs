using System.Net.WebSockets;
using Microsoft.Extensions.Logging;
using Parley.Protocol.Internal;

namespace Parley.Server.Sessions;

/// <summary>
/// The sessions that operators watch. A session is found here when it starts on a connection and when a watch begins; its messages then reach
/// <see cref="SessionWatch"/> through a field of the connection, which is null for all other sessions.
/// </summary>
internal sealed partial class SessionWatches(SessionRegistry registry, TimeProvider time, ILogger<SessionWatches> logger)
{
    /// <summary>Most watchers of one session.</summary>
    internal const int MaxWatchers = 8;

    /// <summary>How long a watch waits for a client that may come back with a handle.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, SessionWatch> _watches = new(StringComparer.Ordinal);
    private int _count;

    internal TimeProvider Time => time;

    /// <summary>Begins to watch a session.</summary>
    /// <returns>The watcher; null if the session has <see cref="MaxWatchers"/>.</returns>
    internal SessionWatcher? TryWatch(string sessionId)
    {
        lock (_gate)
        {
            if (!_watches.TryGetValue(sessionId, out var watch))
                watch = new SessionWatch(this, sessionId);
            if (watch.Count >= MaxWatchers)
                return null;
            var watcher = new SessionWatcher(this, sessionId);
            watch.Add(watcher);
            _watches[sessionId] = watch;
            Volatile.Write(ref _count, _watches.Count);
            // A session that starts on another connection at this moment finds the watch by itself.
            if (registry.Find(sessionId) is { } connection)
            {
                connection.Watch = watch;
                watch.ConnectionId ??= connection.Id;
            }
            return watcher;
        }
    }

    /// <summary>Number of watchers of a session.</summary>
    internal int CountOf(string sessionId)
    {
        if (Volatile.Read(ref _count) == 0)
            return 0;
        lock (_gate)
            return _watches.GetValueOrDefault(sessionId)?.Count ?? 0;
    }

    /// <summary>Called when a session starts on a connection.</summary>
    internal void Started(string sessionId, LiveConnection connection)
    {
        if (Volatile.Read(ref _count) == 0)
            return;
        lock (_gate)
        {
            if (!_watches.TryGetValue(sessionId, out var watch))
                return;
            connection.Watch = watch;
            if (watch.ConnectionId == connection.Id)
                return;
            watch.ConnectionId = connection.Id;
            watch.Report(new WatchedEvent("connected"));
        }
    }

    /// <summary>Called when a watched session leaves its connection.</summary>
    /// <param name="watch">The watch.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="close">How it ended.</param>
    /// <param name="mayContinue">The client may resume the session here.</param>
    internal void Left(SessionWatch watch, LiveConnection connection, LiveClose close, bool mayContinue)
    {
        lock (_gate)
        {
            // Otherwise it continues on another connection already.
            if (watch.ConnectionId != connection.Id)
                return;
            watch.ConnectionId = null;
            if (mayContinue && !registry.IsDraining)
                watch.Patience = time.CreateGuardedTimer(watch, static ended => ended.Owner.GiveUp(ended), static (ended, e) => Log.Failed(ended.Owner.Logger, e), Patience);
            watch.Report(new WatchedEvent("closed", close.Code, close.Reason));
            if (!mayContinue || registry.IsDraining)
                watch.Complete();
        }
    }

    internal void Leave(SessionWatcher watcher)
    {
        lock (_gate)
        {
            if (!_watches.TryGetValue(watcher.SessionId, out var watch) || !watch.Remove(watcher) || watch.Count > 0)
                return;
            watch.Complete();
            _watches.Remove(watcher.SessionId);
            Volatile.Write(ref _count, _watches.Count);
            if (registry.Find(watcher.SessionId) is { } connection)
                connection.Watch = null;
        }
    }

    private ILogger Logger => logger;

    private void GiveUp(SessionWatch watch)
    {
        lock (_gate)
        {
            if (watch.ConnectionId is null)
                watch.Complete();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.WatchTimerFailed, LogLevel.Error, "Watch of a session could not be ended")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}

/// <summary>Passes the messages of one session to its watchers. Changed under the lock of <see cref="SessionWatches"/>.</summary>
internal sealed class SessionWatch(SessionWatches owner, string sessionId)
{
    private volatile SessionWatcher[] _watchers = [];
    private ITimer? _patience;

    internal SessionWatches Owner => owner;

    internal string SessionId => sessionId;

    internal int Count => _watchers.Length;

    /// <summary>The connection of the session; null while it has none here.</summary>
    internal string? ConnectionId
    {
        get;
        set
        {
            field = value;
            Patience = null;
        }
    }

    /// <summary>Ends the watch of a session that has no connection.</summary>
    internal ITimer? Patience
    {
        set
        {
            _patience?.Dispose();
            _patience = value;
        }
    }

    /// <summary>Copies a message, once for all watchers. Called by the reader and the writer of the connection.</summary>
    internal void Message(LiveDirection direction, WebSocketMessageType type, ReadOnlySpan<byte> payload)
    {
        var item = new WatchedItem(owner.Time.GetTimestamp(), direction, type, payload.ToArray());
        foreach (var watcher in _watchers)
            watcher.Add(item);
    }

    internal void Report(WatchedEvent occurred)
    {
        var item = new WatchedItem(owner.Time.GetTimestamp(), default, default, [], occurred);
        foreach (var watcher in _watchers)
            watcher.Add(item);
    }

    internal void Add(SessionWatcher watcher) => _watchers = [.. _watchers, watcher];

    internal bool Remove(SessionWatcher watcher)
    {
        var count = _watchers.Length;
        _watchers = [.. _watchers.Where(one => one != watcher)];
        return _watchers.Length < count;
    }

    internal void Complete()
    {
        Patience = null;
        foreach (var watcher in _watchers)
            watcher.Complete();
    }
}
