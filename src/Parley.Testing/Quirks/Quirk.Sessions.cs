namespace Parley.Testing;

// Section 14 of the protocol reference, second part, and section 20.
public sealed partial class Quirk
{
    /// <summary>The session's first toolResponse is followed by a close with 1011.</summary>
    public static Quirk CloseAfterToolResponse { get; } = new(
        "close-after-tool-response",
        "The session's first toolResponse is followed by a close with 1011.",
        "google-gemini/deprecated-generative-ai-js#487, google/adk-python#3918", Reference, "14.21", isDisruptive: true);

    /// <summary>A call that is open while audio keeps coming is cancelled and made again with another id, as on 3.1.</summary>
    public static Quirk DuplicateCalls { get; } = new(
        "duplicate-calls",
        "A call that is open while audio keeps coming is cancelled and made again with another id, as on 3.1.",
        "livekit/agents#5556", Reference, "14.22");

    /// <summary>Parallel calls come in messages of their own: a later one while the first is open.</summary>
    public static Quirk SeparateParallelCalls { get; } = new(
        "separate-parallel-calls",
        "Parallel calls come in messages of their own: a later one while the first is open.",
        "livekit/agents-js#1137", Reference, "14.23");

    /// <summary>Audio and text are not heard while a call is open; they are after its response.</summary>
    public static Quirk CallsBlockInput { get; } = new(
        "calls-block-input",
        "Audio and text are not heard while a call is open; they are after its response.",
        "livekit/agents-js#2249", Reference, "14.24");

    /// <summary>clientContent after the first turn closes with 1007, as on 3.1 in spring 2026, whatever the model.</summary>
    public static Quirk RefusedContent { get; } = new(
        "refused-content",
        "clientContent after the first turn closes with 1007, as on 3.1 in spring 2026, whatever the model.",
        "livekit/agents#5262; field reports, spring 2026", Spring, "14.25", isDisruptive: true);

    /// <summary>A setup with sessionResumption:{"handle":null} is closed with 1007.</summary>
    public static Quirk RefusedNullHandle { get; } = new(
        "refused-null-handle",
        "A setup with sessionResumption:{\"handle\":null} is closed with 1007.",
        "strands-agents/harness-sdk#2000", Spring, "14.26", isDisruptive: true);

    /// <summary>A setting that the model does not support is not refused in the setup: the first audio closes with 1007.</summary>
    public static Quirk FirstAudioCloses { get; } = new(
        "first-audio-closes",
        "A setting that the model does not support is not refused in the setup: the first audio closes with 1007.",
        "googleapis/js-genai#1189", Reference, "14.27", isDisruptive: true);

    /// <summary>Close reasons go on with details and are cut at 123 bytes, in mid-word.</summary>
    public static Quirk LongCloseReasons { get; } = new(
        "long-close-reasons",
        "Close reasons go on with details and are cut at 123 bytes, in mid-word.",
        "rudyll/stackchan-ai-server#5", Reference, "14.28");

    /// <summary>Function calls have no ids, and usage has the candidates names of Vertex, on every path.</summary>
    public static Quirk VertexForms { get; } = new(
        "vertex-forms",
        "Function calls have no ids, and usage has the candidates names of Vertex, on every path.",
        "pipecat-ai/pipecat; livekit/agents plugin", Reference, "14.29");

    /// <summary>Answers come as fast as they are read, whatever pace the scenario gives: the audio of minutes is there at once.</summary>
    public static Quirk FastAnswers { get; } = new(
        "fast-answers",
        "Answers come as fast as they are read, whatever pace the scenario gives: the audio of minutes is there at once.",
        "WebSockets API reference", Reference, "14.30");

    /// <summary>Every second answer is interrupted before its first audio, as by the echo of a loudspeaker.</summary>
    public static Quirk EchoInterrupts { get; } = new(
        "echo-interrupts",
        "Every second answer is interrupted before its first audio, as by the echo of a loudspeaker.",
        "field reports, 2026-03 to 2026-10", Reference, "14.31", isDisruptive: true);

    /// <summary>A proxy closes with 1008 "The operation was aborted" after 150 s without a message in either direction.</summary>
    public static Quirk IdleCut { get; } = new(
        "idle-cut",
        "A proxy closes with 1008 \"The operation was aborted\" after 150 s without a message in either direction.",
        "autonomous-ai/autonomous-os#238", new(2026, 8, 21), "14.32");

    /// <summary>video before the initial history that the setup announced closes with 1007, as on 3.1.</summary>
    public static Quirk VideoBeforeHistory { get; } = new(
        "video-before-history",
        "video before the initial history that the setup announced closes with 1007, as on 3.1.",
        "pipecat-ai/pipecat#4171", Spring, "14.33", isDisruptive: true);

    /// <summary>
    /// A setup that comes while another one of the same key waits for setupComplete is closed with 1007; setupComplete takes 1 s.
    /// </summary>
    public static Quirk OneConnectAtATime { get; } = new(
        "one-connect-at-a-time",
        "A setup that comes while another one of the same key waits for setupComplete is closed with 1007; setupComplete takes "
            + "1 s.",
        "field reports, 2026-03 to 2026-10", Reference, "14.34", isDisruptive: true);

    /// <summary>Parts with thought:true come between the audio parts of an answer.</summary>
    public static Quirk ThoughtsInAudio { get; } = new(
        "thoughts-in-audio",
        "Parts with thought:true come between the audio parts of an answer.",
        "livekit/agents plugin", Reference, "14.35");

    /// <summary>New input cancels open blocking calls, as on 3.8, whatever the model.</summary>
    public static Quirk InputCancelsCalls { get; } = new(
        "input-cancels-calls",
        "New input cancels open blocking calls, as on 3.8, whatever the model.",
        "migration guide from 2.5 to 3.8", Migration, "20 C3");

    /// <summary>A tool response with scheduling INTERRUPT is spoken even while the user speaks, as on 2.5; on 3.8 it waits.</summary>
    public static Quirk InterruptTalksOverUser { get; } = new(
        "interrupt-talks-over-user",
        "A tool response with scheduling INTERRUPT is spoken even while the user speaks, as on 2.5; on 3.8 it waits.",
        "migration guide from 2.5 to 3.8", Migration, "20 C4");

    /// <summary>After an empty tool response the call is made again with other arguments, two to five times.</summary>
    public static Quirk RepeatedCalls { get; } = new(
        "repeated-calls",
        "After an empty tool response the call is made again with other arguments, two to five times.",
        "migration guide from 2.5 to 3.8", Migration, "20 C5");

    /// <summary>Functions do not block unless they are declared BLOCKING, as on Vertex, whatever the model.</summary>
    public static Quirk NonBlockingCalls { get; } = new(
        "non-blocking-calls",
        "Functions do not block unless they are declared BLOCKING, as on Vertex, whatever the model.",
        "asynchronous function calling page of Vertex", Reference, "20 C6");

    /// <summary>Resuming a session takes a use of its ephemeral token: the token of one use cannot resume.</summary>
    public static Quirk ResumeCostsTokenUse { get; } = new(
        "resume-costs-token-use",
        "Resuming a session takes a use of its ephemeral token: the token of one use cannot resume.",
        "docs.memberjunction.org 6.2; disputed by ai-shifu/ai-shifu#2744", Reference, "20 C10", isDisruptive: true);

    /// <summary>22 % of the turns get no answer at all, not even turnComplete, as 3.1 does in a benchmark.</summary>
    public static Quirk UnansweredTurns { get; } = new(
        "unanswered-turns",
        "22 % of the turns get no answer at all, not even turnComplete, as 3.1 does in a benchmark.",
        "arXiv 2604.04847", Reference, "20 C18", isDisruptive: true);
}
