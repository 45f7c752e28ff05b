namespace Parley.Server;

/// <summary>Limits and timeouts of connections. Section <c>Live:Connections</c>.</summary>
public sealed class LiveConnectionOptions
{
    /// <summary>Most pings and pongs per minute and client; more close with 1008, and twice as many after the close abort the connection. Default 120.</summary>
    public int MaxPingsPerMinute { get; set; } = 120;

    /// <summary>Most open connections; one more gets 503 in place of the upgrade. Default 20,000.</summary>
    public int MaxConnections { get; set; } = 20_000;

    /// <summary>
    /// Most connections of clients without a valid credential, which are upgraded only to be closed with the reason; one more gets 503 in place of the
    /// upgrade, so that they cannot hold the places of the others. 0 = a quarter of <see cref="MaxConnections"/>, or of the descriptors that clients may use if
    /// those are fewer.
    /// </summary>
    public int MaxUnauthenticated { get; set; }

    /// <summary>
    /// Most connections that are no WebSocket: waiting for a request, in one, or kept alive after one. For one more, the one that has waited longest is
    /// closed; if none waits, the new one. 0 = a quarter as for <see cref="MaxUnauthenticated"/>, at most 4,096.
    /// </summary>
    public int MaxHttpConnections { get; set; }

    /// <summary>
    /// File descriptors that clients cannot use, for the runtime, the database, speech workers and upstreams. A connection that would use one of them is closed
    /// at once. 0 = a fifth of the limit of the process (<c>RLIMIT_NOFILE</c>), from 32 to 4,096. Unix only.
    /// </summary>
    public int ReservedDescriptors { get; set; }

    /// <summary>Longest time from the accept of a connection to the end of its first request head, TLS included, and for each further head. Default 5 s.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Memory of the process above which new connections get 503, in bytes; 0 = four fifths of the memory of the machine or container.</summary>
    public long MaxMemoryBytes { get; set; }

    /// <summary>
    /// Most connections per minute and address (an IPv6 /64 counts as one); one more gets 429. 0 = unlimited. Default 600. Local addresses are exempt: behind
    /// a proxy, set <see cref="TrustedProxies"/> so that the client's address counts.
    /// </summary>
    public int MaxOpensPerAddressPerMinute { get; set; } = 600;

    /// <summary>
    /// Connections accepted per second in total; more wait to be accepted, so that a flood cannot slow down running sessions. 0 = unlimited. Default 500.
    /// </summary>
    public int MaxConnectionsPerSecond { get; set; } = 500;

    /// <summary>
    /// Input of one client in bytes per second, with a burst of one second; faster input is read later, nothing is lost. 1/16 of it while the client is not
    /// reading. One read is delayed by at most 250 ms. Default 1 MiB, twenty times the audio of a call. 0 = unlimited.
    /// </summary>
    public int MaxInputBytesPerSecond { get; set; } = 1 << 20;

    /// <summary>
    /// Input that is discarded after a close, such as the rest of a message that was too long, in bytes per second for all connections; a client that sends more
    /// has to wait, up to <see cref="CloseTimeout"/>. Default 16 MiB. 0 = unlimited.
    /// </summary>
    public int MaxDiscardedBytesPerSecond { get; set; } = 16 << 20;

    /// <summary>
    /// Proxies whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> name the client's address and scheme: addresses, networks such as
    /// <c>10.0.0.0/8</c>, or <c>loopback</c>. None by default. Limits by address and the log then see the client, not the proxy.
    /// </summary>
    public IList<string> TrustedProxies { get; } = [];

    /// <summary>Longest wait for the setup; then the connection is closed with 1008. Default 10 s.</summary>
    public TimeSpan SetupTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes that are read between setup and <c>setupComplete</c>; the rest is read afterwards, nothing is lost. Default 1 MiB.</summary>
    public int MaxWaitingBytes { get; set; } = 1 << 20;

    /// <summary>Most messages queued for a client that does not read; beyond it the connection is aborted. Default 1,024.</summary>
    public int MaxQueuedMessages { get; set; } = 1_024;

    /// <summary>Queued media chunks at which the model has to wait. Default 16.</summary>
    public int MaxUnsentMedia { get; set; } = 16;

    /// <summary>Longest time to send one message; beyond it the connection is aborted. Default 10 s.</summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest wait for the client to answer a close before the connection is aborted. Default 5 s.</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Ping interval of idle connections; 0 = never. Default 30 s.</summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait for a pong before the connection is aborted; clients of this API answer late, so use at least a minute. Default 60 s.</summary>
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Time between <c>goAway</c> at shutdown and the close with 1001. Default 5 s.</summary>
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(5);
}
