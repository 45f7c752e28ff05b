namespace Parley.Server;

/// <summary>Size and speed limits of client messages. Section <c>Live:Messages</c>.</summary>
public sealed class LiveMessageOptions
{
    /// <summary>Largest message in bytes; a longer one closes with 1009. Default 4 MiB.</summary>
    public int MaxBytes { get; set; } = 4 << 20;

    /// <summary>Largest setup in bytes; a longer one closes with 1009. Default 1 MiB.</summary>
    public int MaxSetupBytes { get; set; } = 1 << 20;

    /// <summary>Largest message with audio in bytes; a longer one closes with 1009. Default 4 MiB.</summary>
    public int MaxAudioBytes { get; set; } = 4 << 20;

    /// <summary>Largest message with a picture in bytes; a longer one closes with 1009. Default 4 MiB.</summary>
    public int MaxVideoBytes { get; set; } = 4 << 20;

    /// <summary>Largest message with realtime text in bytes; a longer one closes with 1009. Default 256 KiB.</summary>
    public int MaxTextBytes { get; set; } = 256 << 10;

    /// <summary>Largest message with function responses in bytes; a longer one closes with 1009. Default 1 MiB.</summary>
    public int MaxToolBytes { get; set; } = 1 << 20;

    /// <summary>Most frames of one message; more close with 1008. Default 1,024.</summary>
    public int MaxFragments { get; set; } = 1_024;

    /// <summary>Grace period of a message that has begun, before <see cref="MinBytesPerSecond"/> applies. Default 10 s.</summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Minimum speed of a message that has begun, in bytes per second; a slower one closes with 1008. Default 1,024.</summary>
    public int MinBytesPerSecond { get; set; } = 1_024;

    /// <summary>Memory for all incomplete messages together, in bytes; one beyond it closes with 1011. Default 256 MiB.</summary>
    public long MaxBufferedBytes { get; set; } = 256 << 20;
}
