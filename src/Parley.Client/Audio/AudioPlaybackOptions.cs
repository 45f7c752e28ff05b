namespace Parley.Client;

/// <summary>How a playback queues. Read once, when it is made.</summary>
public sealed class AudioPlaybackOptions
{
    /// <summary>
    /// Longest sound that waits to be played; default 5 minutes (14 MB at 24 kHz; memory is taken as it is needed). Answers come several
    /// times faster than they play. When the queue is full, writing waits, and so in the end does the server: nothing is ever dropped.
    /// </summary>
    public TimeSpan MaxQueued { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Clock of the waits for the end of the sound; default the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
