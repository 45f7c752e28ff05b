namespace Parley.Speech;

/// <summary>How readily the start of an activity is declared.</summary>
public enum StartSensitivity
{
    /// <summary>Readily: a probability of 0.5 for at least 40 ms.</summary>
    High,

    /// <summary>Reluctantly, for noisy rooms and echoing loudspeakers: a probability of 0.75 for at least 180 ms.</summary>
    Low,
}

/// <summary>How readily an activity is ended.</summary>
public enum EndSensitivity
{
    /// <summary>Readily: a probability below 0.35 is silence, and it takes 40 ms of sound to break a silence.</summary>
    High,

    /// <summary>Reluctantly, for quiet voices: only a probability below 0.15 is silence, and any sound breaks it.</summary>
    Low,
}

/// <summary>What counts as the start and the end of an activity.</summary>
public sealed record ActivitySettings
{
    /// <summary>The default of <see cref="PrefixPadding"/>, 100 ms: longer than a click, shorter than a "no".</summary>
    public static readonly TimeSpan DefaultPrefixPadding = TimeSpan.FromMilliseconds(100);

    /// <summary>The default of <see cref="SilenceDuration"/>, 800 ms.</summary>
    public static readonly TimeSpan DefaultSilenceDuration = TimeSpan.FromMilliseconds(800);

    /// <summary>Default <see cref="StartSensitivity.High"/>.</summary>
    public StartSensitivity StartSensitivity { get; init; } = StartSensitivity.High;

    /// <summary>Default <see cref="EndSensitivity.High"/>.</summary>
    public EndSensitivity EndSensitivity { get; init; } = EndSensitivity.High;

    /// <summary>
    /// Two things at once: speech must last this long before the start is declared (or as long as
    /// <see cref="StartSensitivity"/> asks, if that is longer), and the activity begins this long before that speech.
    /// Default 100 ms. Words shorter than this are not heard; 0 may clip the first consonant.
    /// </summary>
    public TimeSpan PrefixPadding { get; init; } = DefaultPrefixPadding;

    /// <summary>Silence that ends the activity. Default 800 ms; below 300 ms, pauses between words end it too.</summary>
    public TimeSpan SilenceDuration { get; init; } = DefaultSilenceDuration;
}
