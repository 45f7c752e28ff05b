namespace Parley.Cli.Load;

/// <summary>What the callers of a load do.</summary>
internal enum LoadProfile
{
    /// <summary>The microphone is always open: a question, silence until the answer is complete, a pause, the question again.</summary>
    Talk,

    /// <summary>The microphone is off: a typed request for a story, the answer, a pause, the request again.</summary>
    Listen,

    /// <summary>Every second caller talks, the others listen.</summary>
    Mixed,
}

/// <summary>Amount and duration of a load.</summary>
internal sealed record LoadOptions
{
    /// <summary>The address of the sessions.</summary>
    internal required Uri Address { get; init; }

    internal string? Key { get; init; }

    internal required string Model { get; init; }

    internal required int Sessions { get; init; }

    internal required LoadProfile Profile { get; init; }

    /// <summary>Time over which the sessions are opened, evenly.</summary>
    internal required TimeSpan Ramp { get; init; }

    /// <summary>Time after the ramp.</summary>
    internal required TimeSpan Duration { get; init; }

    /// <summary>Audio in one message.</summary>
    internal required TimeSpan Frame { get; init; }

    /// <summary>Pause after an answer has been played.</summary>
    internal TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A turn without audio by then has no answer, and the caller asks again.</summary>
    internal TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest time from the start of a connection to <c>setupComplete</c>.</summary>
    internal TimeSpan SetupTimeout { get; init; } = TimeSpan.FromSeconds(15);
}
