using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Parley.Server.Sockets;

/// <summary>Why a connection was not served, or was ended before it had a session.</summary>
internal enum ConnectionRefusal
{
    /// <summary>No descriptor may be used for it.</summary>
    Descriptors,

    /// <summary>The limit of connections is reached.</summary>
    Limit,

    /// <summary>No complete request head arrived in time.</summary>
    Timeout,

    /// <summary>It waited for a request longer than all others, and its place was needed.</summary>
    Replaced,
}

/// <summary>
/// Bounds everything that exists before a session: accepted connections, those in a request, idle ones kept alive. What is beyond a limit is closed at once,
/// so that running sessions go on while a flood holds the rest. If the places of connections without a WebSocket are all taken, the one that has waited
/// longest for its request gives way: a real client sends its request within milliseconds, a flood never does.
/// </summary>
internal sealed partial class ConnectionGate(IOptions<LiveApiOptions> options, DescriptorLimit descriptors, TimeProvider time, ILogger<ConnectionGate> logger)
{
    /// <summary>By default a quarter of what clients may have, within these bounds, is for connections without a WebSocket.</summary>
    private const int HttpShare = 4, LeastHttp = 16, MostHttp = 4_096;

    private readonly LiveConnectionOptions _options = options.Value.Connections;
    private readonly Lock _gate = new();
    private readonly LinkedList<CountedConnection> _waiting = new();
    private readonly long[] _refused = new long[Enum.GetValues<ConnectionRefusal>().Length];
    private readonly LogLimit _log = new(time, TimeSpan.FromMinutes(1));
    private long _delayed;
    private int _open, _http, _firstNumber;

    /// <summary>Accepted connections of all kinds.</summary>
    internal int Open => Volatile.Read(ref _open);

    /// <summary>Connections without a WebSocket: waiting for a request, or in one.</summary>
    internal int Http => Volatile.Read(ref _http);

    /// <summary>Connections that wait for a request: new ones, and idle ones kept alive.</summary>
    internal int Waiting
    {
        get
        {
            lock (_gate)
                return _waiting.Count;
        }
    }

    /// <summary>Connections that had to wait for the accept rate limit.</summary>
    internal long Delayed => Volatile.Read(ref _delayed);

    /// <summary>Most connections that clients may have: by the options, and by the descriptors that were free when the first one came.</summary>
    internal int Capacity => (int)Math.Min(_options.MaxConnections, Math.Max(1, descriptors.ForClients - Volatile.Read(ref _firstNumber)));

    /// <summary>Most connections without a WebSocket.</summary>
    internal int MaxHttp => _options.MaxHttpConnections > 0 ? _options.MaxHttpConnections : Math.Clamp(Capacity / HttpShare, LeastHttp, MostHttp);

    /// <summary>Longest time from accept to the end of the first request head.</summary>
    internal TimeSpan RequestTimeout => _options.RequestTimeout;

    internal TimeProvider Time => time;

    internal long Refused(ConnectionRefusal why) => Volatile.Read(ref _refused[(int)why]);

    internal void CountDelayed() => Interlocked.Increment(ref _delayed);

    /// <summary>Counts an accepted connection; false if it must be closed.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="descriptor">Number of its descriptor; -1 = unknown.</param>
    internal bool TryEnter(CountedConnection connection, long descriptor)
    {
        CountedConnection? replaced = null;
        ConnectionRefusal? refusal = null;
        lock (_gate)
        {
            if (_firstNumber == 0 && descriptor > 0)
                _firstNumber = (int)descriptor;
            if (descriptor >= descriptors.ForClients)
                refusal = ConnectionRefusal.Descriptors;
            else if (_http < MaxHttp)
                refusal = _open < _options.MaxConnections + MaxHttp ? null : ConnectionRefusal.Limit;
            else if (_waiting.First is { Value: var oldest })
                Leave(replaced = oldest);
            else
                refusal = ConnectionRefusal.Limit;
            if (refusal is null)
            {
                _open++;
                _http++;
                connection.IsHttp = true;
                _waiting.AddLast(connection.Place);
            }
        }
        if (refusal is { } why)
            Refuse(why);
        if (replaced is not null)
        {
            Refuse(ConnectionRefusal.Replaced);
            replaced.Abort(new ConnectionAbortedException("Its place was needed."));
        }
        return refusal is null;
    }

    /// <summary>Counts and logs a refusal. A flood is logged once a minute, a connection without a request not at all.</summary>
    internal void Refuse(ConnectionRefusal why)
    {
        Interlocked.Increment(ref _refused[(int)why]);
        if (why == ConnectionRefusal.Timeout)
            return;
        if (_log.TryEnter())
            Log.Refusing(logger, why, Open, Http, descriptors.Limit);
    }

    /// <summary>Follows the requests of a connection.</summary>
    internal void Update(CountedConnection connection)
    {
        lock (_gate)
        {
            if (connection.IsOver)
                return;
            var (isWaiting, isHttp) = (connection.Requests == 0, connection.Upgrades == 0);
            if (isHttp != connection.IsHttp)
                _http += isHttp ? 1 : -1;
            connection.IsHttp = isHttp;
            if (isWaiting && connection.Place.List is null)
                _waiting.AddLast(connection.Place);
            else if (!isWaiting && connection.Place.List is not null)
                _waiting.Remove(connection.Place);
        }
    }

    /// <summary>Ends counting a connection whose socket is closed.</summary>
    internal void Exit(CountedConnection connection)
    {
        lock (_gate)
        {
            Leave(connection);
            _open--;
        }
    }

    private void Leave(CountedConnection connection)
    {
        if (connection.IsOver)
            return;
        connection.IsOver = true;
        if (connection.IsHttp)
            _http--;
        if (connection.Place.List is not null)
            _waiting.Remove(connection.Place);
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.ConnectionsRefused, LogLevel.Warning, "Closing connections without a session ({Cause}): {Open} connections open, {Http} of them without a WebSocket, descriptor limit {Limit}. Reported once a minute; parley.connections.refused counts all")]
        public static partial void Refusing(ILogger logger, ConnectionRefusal cause, int open, int http, long? limit);
    }
}
