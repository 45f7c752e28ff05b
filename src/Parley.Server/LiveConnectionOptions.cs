namespace Parley.Server;

/// <summary>Limits and timeouts of connections. Section <c>Live:Connections</c>.</summary>
public sealed class LiveConnectionOptions
{
    /// <summary>Pings and pongs one client may send in a minute; more close with 1008, and twice as many cut it.</summary>
    public int MaxPingsPerMinute { get; set; } = 120;

    /// <summary>Connections open at once; one more gets 503 in place of the upgrade.</summary>
    public int MaxConnections { get; set; } = 20_000;

    /// <summary>Memory of the process above which new connections get 503; 0 = four fifths of what the machine or container has.</summary>
    public long MaxMemoryBytes { get; set; }

    /// <summary>
    /// Connections one address may open in a minute, an IPv6 /64 counting as one; one more gets 429. 0 = any number. This machine may open any
    /// number: behind a proxy, let the application learn the address of the client (forwarded headers).
    /// </summary>
    public int MaxOpensPerAddressPerMinute { get; set; } = 600;

    /// <summary>
    /// Connections accepted in a second, from everywhere, where the server listens by <see cref="LiveApiBuilder.UseDirectSockets"/>; more wait
    /// to be accepted, so that a flood of them takes no more than so much from those who talk. 0 = any number.
    /// </summary>
    public int MaxConnectionsPerSecond { get; set; } = 500;

    /// <summary>
    /// Bytes one client may send in a second, what a second gives at once; faster ones are read later, and nothing is lost. From a client that does
    /// not read what it is sent, a sixteenth. No message makes what follows it wait longer than a quarter of a second. Default 1 MiB: twenty times
    /// the sound of a call. 0 = any number.
    /// </summary>
    public int MaxInputBytesPerSecond { get; set; } = 1 << 20;

    /// <summary>
    /// Bytes read in a second only to be thrown away, as the rest of a message that was too long; who sends more has to wait, up to
    /// <see cref="CloseTimeout"/>. 0 = any number.
    /// </summary>
    public int MaxDiscardedBytesPerSecond { get; set; } = 16 << 20;

    /// <summary>Time until the setup must have arrived; later the connection is closed with 1008.</summary>
    public TimeSpan SetupTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>What a client may send between setup and setupComplete before the server stops reading; nothing is lost.</summary>
    public int MaxWaitingBytes { get; set; } = 1 << 20;

    /// <summary>Messages queued for a client that does not read; beyond it the connection is cut.</summary>
    public int MaxQueuedMessages { get; set; } = 1_024;

    /// <summary>Chunks of an answer that wait to be sent before the model is asked to wait.</summary>
    public int MaxUnsentMedia { get; set; } = 16;

    /// <summary>Longest time one message may take to be sent; beyond it the connection is cut.</summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Time the client has to answer a close before the connection is cut.</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often an idle client is pinged; zero = never.</summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How late a pong may be before the client counts as gone; clients of this API answer late, so not under a minute.</summary>
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest time sessions have between the <c>goAway</c> at shutdown and their close with 1001.</summary>
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(5);
}
