using Microsoft.Extensions.Logging;
using Parley.Server.Sockets;

namespace Parley.Server.Sessions;

/// <summary>
/// Throttles the input of one client to <see cref="LiveConnectionOptions.MaxInputBytesPerSecond"/> by delaying the next read. Nothing is lost: what the
/// client sends faster waits in its socket.
/// </summary>
internal sealed partial class InputThrottle(ConnectionServices services, string connectionId, CancellationToken aborted)
{
    /// <summary>Input is charged to the rate limiter in steps of this many bytes, so that not every message reads the clock.</summary>
    private const int StepBytes = 32 << 10;

    /// <summary>Weight of input from a client that is not reading: by default it may then send about as fast as people speak.</summary>
    private const int BlockedClientWeight = 16;

    /// <summary>Longest delay, also after a large picture: the input after it must not wait long.</summary>
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMilliseconds(250);

    private RateLimiter? _limiter;
    private int _bytes;
    private bool _wasLogged;

    /// <summary>Counts input, and waits if the client sent too much.</summary>
    /// <param name="bytes">Length of the message.</param>
    /// <param name="isSendBlocked">The client does not read what it is sent.</param>
    internal ValueTask AddAsync(int bytes, bool isSendBlocked)
    {
        if ((_bytes += bytes) < StepBytes)
            return default;
        var limit = services.Options.Connections.MaxInputBytesPerSecond;
        _limiter ??= new RateLimiter(services.Time, limit, MaxDelay);
        var waiting = _limiter.AcquireAsync((long)_bytes * (isSendBlocked ? BlockedClientWeight : 1), aborted);
        _bytes = 0;
        if (!waiting.IsCompleted && !_wasLogged)
        {
            _wasLogged = true;
            Log.Throttled(services.Logger, connectionId, limit);
        }
        return waiting;
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.ClientThrottled, LogLevel.Warning, "Client throttled: connection {ConnectionId} sends more than {BytesPerSecond} bytes per second")]
        public static partial void Throttled(ILogger logger, string connectionId, int bytesPerSecond);
    }
}
