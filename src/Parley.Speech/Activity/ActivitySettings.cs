namespace Parley.Speech.Activity;

/// <summary>How readily <see cref="ActivitySegmenter"/> declares the start or the end of an activity.</summary>
internal enum ActivitySensitivity
{
    /// <summary>
    /// Start: a probability of 0.5 for at least 40 ms. End: a probability below 0.35 is silence, and 40 ms of speech break a silence.
    /// </summary>
    High,

    /// <summary>
    /// Start: a probability of 0.75 for at least 180 ms, for noisy rooms and echoing loudspeakers. End: only a probability below 0.15 is
    /// silence, and any speech breaks it, for quiet voices.
    /// </summary>
    Low,
}

/// <summary>What counts as the start and the end of an activity.</summary>
internal sealed record ActivitySettings
{
    /// <summary>The default of <see cref="PrefixPadding"/>, 100 ms: longer than a click, shorter than a "no".</summary>
    public static readonly TimeSpan DefaultPrefixPadding = TimeSpan.FromMilliseconds(100);

    /// <summary>The default of <see cref="SilenceDuration"/>, 800 ms.</summary>
    public static readonly TimeSpan DefaultSilenceDuration = TimeSpan.FromMilliseconds(800);

    /// <summary>Default <see cref="ActivitySensitivity.High"/>.</summary>
    public ActivitySensitivity StartSensitivity { get; init; } = ActivitySensitivity.High;

    /// <summary>Default <see cref="ActivitySensitivity.High"/>.</summary>
    public ActivitySensitivity EndSensitivity { get; init; } = ActivitySensitivity.High;

    /// <summary>
    /// Two things at once: speech must last this long before the start is declared (or as long as <see cref="StartSensitivity"/> requires,
    /// if that is longer), and the activity begins this long before that speech. Default 100 ms. Words shorter than this are not detected;
    /// 0 may clip the first consonant.
    /// </summary>
    public TimeSpan PrefixPadding { get; init; } = DefaultPrefixPadding;

    /// <summary>Silence that ends the activity. Default 800 ms; below 300 ms, pauses between words end it too.</summary>
    public TimeSpan SilenceDuration { get; init; } = DefaultSilenceDuration;
}
