namespace Parley.Server;

/// <summary>Limits of events. Section <c>Live:Events</c>.</summary>
public sealed class LiveEventOptions
{
    /// <summary>Most events that wait for one <see cref="ILiveSessionEvents"/>; further ones are dropped and counted. 16 to 1,000,000, default 10,000.</summary>
    public int QueueLength { get; set; } = 10_000;

    /// <summary>Most sessions whose events one observer handles at the same time. 1 to 256, default 4.</summary>
    public int Concurrency { get; set; } = 4;

    /// <summary>Most characters of a transcript, and of the arguments and the response of a function call. Transcripts are cut. 100 to 1,000,000, default 20,000.</summary>
    public int MaxTextLength { get; set; } = 20_000;

    /// <summary>How long a stopping server waits for its observers. 0 to 10 minutes, default 5 seconds.</summary>
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(5);
}
