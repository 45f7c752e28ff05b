namespace Parley.Speech.Worker;

/// <summary>What a frame between the application and a worker says. The application asks, the worker answers; it never speaks first but for <see cref="Ready"/>.</summary>
internal enum FrameKind : byte
{
    /// <summary>Worker, once: the engine is loaded.</summary>
    Ready = 1,

    /// <summary>Worker: what was asked could not be done; a sentence.</summary>
    Failed = 2,

    /// <summary>Application: an utterance begins; what is known of the speaker (<see cref="SpeakerContent"/>), then the phrases expected, one a line. Answered by <see cref="Begun"/>.</summary>
    Begin = 10,

    /// <summary>Worker: the phrases that were left out and why, one a line.</summary>
    Begun = 11,

    /// <summary>Application: the next sound, PCM16 at 16 kHz. Answered by <see cref="Partial"/>.</summary>
    Sound = 12,

    /// <summary>Worker: what the utterance says so far; empty where that is what it was.</summary>
    Partial = 13,

    /// <summary>Application: the utterance is over. Answered by <see cref="Final"/>.</summary>
    Finish = 14,

    /// <summary>Worker: what was learned of the speaker (<see cref="SpeakerContent"/>), then what was said.</summary>
    Final = 15,

    /// <summary>Application: speak; a <see cref="SpeakRequest"/>. Answered by any number of <see cref="Audio"/> and one <see cref="Spoken"/>.</summary>
    Speak = 20,

    /// <summary>Worker: the rate as 32-bit integer, then PCM16.</summary>
    Audio = 21,

    /// <summary>Worker: nothing more comes of this text.</summary>
    Spoken = 22,

    /// <summary>Application: enough of the text with this 32-bit number. Not answered.</summary>
    Cancel = 23,
}
