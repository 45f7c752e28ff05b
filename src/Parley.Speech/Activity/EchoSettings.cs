namespace Parley.Speech;

/// <summary>What <see cref="EchoDetector"/> takes for an echo.</summary>
public sealed record EchoSettings
{
    /// <summary>
    /// The longest way of a sound from being sent to being heard again: network there and back, the listener's buffers, the room. Default 1 s.
    /// </summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The stretch of sound that is compared. Default 320 ms: two syllables or so.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMilliseconds(320);

    /// <summary>
    /// Correlation, 0 to 1, from which on a stretch is an echo. Default 0.5: a clean echo is near 1, one under as much noise 0.7, two voices
    /// that have nothing to do with each other reach it in less than one stretch of a hundred; somebody who speaks 5 dB louder than the echo
    /// brings it below 0.5.
    /// </summary>
    public float Threshold { get; init; } = 0.5f;

    /// <summary>How far ahead of its playing sound is remembered; what is sent further ahead is not recognised. Default 4 s.</summary>
    public TimeSpan MaxAhead { get; init; } = TimeSpan.FromSeconds(4);
}
