namespace Parley.Speech.Activity;

/// <summary>What counts as an echo for <see cref="EchoDetector"/>.</summary>
internal sealed record EchoSettings
{
    /// <summary>
    /// The longest time from sending audio to receiving its echo: network both ways, the client's buffers, the room. Default 1 s.
    /// </summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The stretch of audio that is compared. Default 320 ms: about two syllables.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMilliseconds(320);

    /// <summary>
    /// Minimum correlation of an echo, 0 to 1. Default 0.5: a clean echo is near 1, one with equally loud noise 0.7. Unrelated voices reach
    /// 0.5 in less than one stretch of a hundred. A user who speaks 5 dB louder than the echo brings it below 0.5.
    /// </summary>
    public float Threshold { get; init; } = 0.5f;

    /// <summary>How far ahead of playback audio is remembered; audio sent further ahead is not detected as echo. Default 4 s.</summary>
    public TimeSpan MaxAhead { get; init; } = TimeSpan.FromSeconds(4);
}
