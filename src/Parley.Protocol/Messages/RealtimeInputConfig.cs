namespace Parley.Protocol;

/// <summary>Activity detection and turn coverage (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#415-realtimeinputconfig">protocol 4.1.5</see> and <see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#7-voice-activity-detection-and-turn-coverage">protocol 7</see>).</summary>
public sealed record RealtimeInputConfig
{
    /// <summary>Voice activity detection by the server.</summary>
    public AutomaticActivityDetection? AutomaticActivityDetection { get; set; }

    /// <summary>Whether the user's activity interrupts; default START_OF_ACTIVITY_INTERRUPTS.</summary>
    public ActivityHandling? ActivityHandling { get; set; }

    /// <summary>What a user turn contains; the default depends on the model.</summary>
    public TurnCoverage? TurnCoverage { get; set; }

    /// <summary>Adds timing to interim transcripts.</summary>
    public bool? InterimTranscriptTimestampEnabled { get; set; }
}

/// <summary>Parameters of the server's activity detection (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#7-voice-activity-detection-and-turn-coverage">protocol 7</see>).</summary>
public sealed record AutomaticActivityDetection
{
    /// <summary>True = manual: the client sends activityStart and activityEnd.</summary>
    public bool? Disabled { get; set; }

    /// <summary>Sensitivity to the start of speech; default HIGH.</summary>
    public StartSensitivity? StartOfSpeechSensitivity { get; set; }

    /// <summary>Sensitivity to the end of speech; default HIGH.</summary>
    public EndSensitivity? EndOfSpeechSensitivity { get; set; }

    /// <summary>Milliseconds of speech before the start is committed; also prepended to it.</summary>
    public int? PrefixPaddingMs { get; set; }

    /// <summary>Milliseconds of silence that end a turn; default about 800.</summary>
    public int? SilenceDurationMs { get; set; }
}
