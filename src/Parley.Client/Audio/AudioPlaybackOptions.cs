namespace Parley.Client;

/// <summary>Options of a playback. Read once, when it is created.</summary>
public sealed class AudioPlaybackOptions
{
    /// <summary>
    /// Most audio that waits to be played; default 5 minutes (14 MB at 24 kHz; memory is allocated as needed). Answers arrive several times
    /// faster than they play. When the queue is full, writing waits, and so does the server in the end (back-pressure): nothing is dropped.
    /// </summary>
    public TimeSpan MaxQueued { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Clock for waiting for the end of playback; default the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
