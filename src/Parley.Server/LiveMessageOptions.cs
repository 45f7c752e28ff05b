namespace Parley.Server;

/// <summary>Size and speed of a client's messages. Section <c>Live:Messages</c>.</summary>
public sealed class LiveMessageOptions
{
    /// <summary>Largest message accepted from a client; a longer one closes with 1009.</summary>
    public int MaxBytes { get; set; } = 4 << 20;

    /// <summary>Largest setup; a longer one closes with 1009.</summary>
    public int MaxSetupBytes { get; set; } = 1 << 20;

    /// <summary>Largest message with sound; a longer one closes with 1009.</summary>
    public int MaxAudioBytes { get; set; } = 4 << 20;

    /// <summary>Largest message with a picture; a longer one closes with 1009.</summary>
    public int MaxVideoBytes { get; set; } = 4 << 20;

    /// <summary>Largest message of realtime text; a longer one closes with 1009.</summary>
    public int MaxTextBytes { get; set; } = 256 << 10;

    /// <summary>Largest message with answers to calls; a longer one closes with 1009.</summary>
    public int MaxToolBytes { get; set; } = 1 << 20;

    /// <summary>Frames one message may be cut into; more close with 1008.</summary>
    public int MaxFragments { get; set; } = 1_024;

    /// <summary>Time a message that has begun may take before it is held to <see cref="MinBytesPerSecond"/>.</summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Least speed of a message that has begun; a slower one closes with 1008.</summary>
    public int MinBytesPerSecond { get; set; } = 1_024;

    /// <summary>Bytes that all messages which are still coming in may hold together; one that finds no room closes with 1011.</summary>
    public long MaxBufferedBytes { get; set; } = 256 << 20;
}
