namespace Parley.Testing;

/// <summary>One answer, as a listener would have heard it (<see cref="LivePlayback"/>). Times are since the server started, on its clock.</summary>
public sealed record PlaybackTurn
{
    /// <summary>Number of the answer, from 1.</summary>
    public int Number { get; init; }

    /// <summary>When the input that it answers ended: a text, the last speech, the end of an activity. Null if there was none: the server spoke first.</summary>
    public TimeSpan? Asked { get; init; }

    /// <summary>When its first audio played.</summary>
    public TimeSpan Started { get; init; }

    /// <summary>When its last audio had played, or was cut.</summary>
    public TimeSpan Ended { get; init; }

    /// <summary>From <see cref="Asked"/> to <see cref="Started"/>; null if nobody asked.</summary>
    public TimeSpan? TimeToFirstAudio => Asked is { } asked ? Started - asked : null;

    /// <summary>Audio that was played.</summary>
    public TimeSpan Heard { get; init; }

    /// <summary>Audio that had come and was never played, because <c>interrupted</c> dropped it.</summary>
    public TimeSpan Cut { get; init; }

    /// <summary>Whether <c>interrupted</c> ended it.</summary>
    public bool WasInterrupted { get; init; }

    /// <summary>From the beginning of the speech that interrupted it to its silence; null if it was not interrupted by speech.</summary>
    public TimeSpan? TimeToSilence { get; init; }

    /// <summary>Pauses in it because audio came too late, each with its begin and length.</summary>
    public IReadOnlyList<(TimeSpan At, TimeSpan Length)> Gaps { get; init; } = [];

    /// <summary>How long it played while the user spoke.</summary>
    public TimeSpan Overlap { get; init; }

    /// <summary>Its transcription, with the words that were cut.</summary>
    public string Text { get; init; } = "";
}
