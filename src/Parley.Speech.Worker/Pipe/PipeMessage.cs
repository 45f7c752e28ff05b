namespace Parley.Speech.Worker.Pipe;

/// <summary>Kinds of messages between the application and a worker. The worker only answers, except for <see cref="Ready"/>.</summary>
internal enum PipeMessage : byte
{
    /// <summary>Worker, once: the engine is loaded.</summary>
    Ready = 1,

    /// <summary>Worker: the request failed; a sentence.</summary>
    Failed = 2,

    /// <summary>
    /// Application: an utterance begins; the speaker profile (<c>SpeakerContent</c>), then the expected phrases, one per line.
    /// Answered by <see cref="Begun"/>.
    /// </summary>
    Begin = 10,

    /// <summary>Worker: the skipped phrases with reasons, one per line.</summary>
    Begun = 11,

    /// <summary>Application: more audio, PCM16 at 16 kHz. Answered by <see cref="Partial"/>.</summary>
    Samples = 12,

    /// <summary>Worker: the transcript so far; empty if unchanged.</summary>
    Partial = 13,

    /// <summary>Application: the utterance is over. Answered by <see cref="Final"/>.</summary>
    Finish = 14,

    /// <summary>Worker: the updated speaker profile (<c>SpeakerContent</c>), then the transcript.</summary>
    Final = 15,

    /// <summary>Application: the transcript as if the utterance ended now. Answered by <see cref="Peeked"/>.</summary>
    Peek = 16,

    /// <summary>Worker: that transcript; may be empty.</summary>
    Peeked = 17,

    /// <summary>
    /// Application: speak; a <c>SpeakRequest</c>. Answered by any number of <see cref="Audio"/> and one <see cref="Spoken"/>.
    /// </summary>
    Speak = 20,

    /// <summary>Worker: the sample rate as 32-bit integer, then PCM16.</summary>
    Audio = 21,

    /// <summary>Worker: the text is finished.</summary>
    Spoken = 22,

    /// <summary>Application: stop the text or request with this 32-bit number. Not answered.</summary>
    Cancel = 23,

    /// <summary>
    /// Application: a request to an engine of another assembly, which defines the content. Answered by any number of <see cref="Part"/> and
    /// one <see cref="Result"/>.
    /// </summary>
    Request = 30,

    /// <summary>Worker: a part of the answer; the engine defines the content.</summary>
    Part = 31,

    /// <summary>Worker: the rest of the answer; the engine defines the content.</summary>
    Result = 32,
}
