using System.ComponentModel.DataAnnotations;

namespace Parley.Cascade;

/// <summary>How the local cascade of detector, recognizer, brain and voice behaves. Read from the configuration section "Cascade".</summary>
public sealed class CascadeOptions
{
    /// <summary>
    /// How far ahead of a client that plays in real time an answer is sent; default 2 seconds. More bridges worse networks. After an
    /// interruption history keeps what such a client has heard, whatever the lead.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan AudioLead { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Hold <c>turnComplete</c> back until a client that plays in real time has played the answer (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#62-a-normal-audio-turn">protocol 6.2</see>); default false.
    /// </summary>
    public bool DelayTurnComplete { get; set; }

    /// <summary>Characters spoken a second, to spread the words of a sentence over its sound; default 13, the pace of the built-in voices.</summary>
    [Range(1, 100)]
    public double CharactersPerSecond { get; set; } = 13;

    /// <summary>
    /// Time the brain has for its first piece of text, and for each further one; default 30 seconds, because a local model may have to be
    /// loaded first. Beyond it the fallback answers, or one sentence says that there is no answer.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan ChatModelTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Time the voice has for the first chunk of a sentence, and for each further one; default 20 seconds, more than engines with fallbacks of their own take. Beyond it the fallback voice speaks.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan SynthesisTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Time the recognizer has for its text once the user is done; default 20 seconds, more than one with a fallback of its own takes. Beyond it the user is asked to say it again.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan RecognitionTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Wait shorter for the end of a turn where the words are plainly complete, and longer where they plainly are not; default true. Needs a
    /// recognizer that tells what it understands while the user speaks.
    /// </summary>
    public bool DetectTurnEnd { get; set; } = true;

    /// <summary>Wait shorter even than a <c>silenceDurationMs</c> that the client set itself; default false. Longer is always possible.</summary>
    public bool ShortenClientSilence { get; set; }

    /// <summary>Speech it takes to interrupt an answer; default none: the start of speech does, as with the public service. A cough is about 300 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan MinInterruptionSpeech { get; set; }

    /// <summary>Whether a listener's "mhm" leaves the answer alone; default false. Needs a recognizer.</summary>
    public bool IgnoreBackChannels { get; set; }

    /// <summary>What counts as such; an utterance that has other words does not. Case does not matter. Configuration adds to it.</summary>
    public IList<string> BackChannels { get; } =
        ["mhm", "mm", "mmm", "hm", "hmm", "uh huh", "uh-huh", "uhuh", "huh", "ah", "oh", "aha", "yeah", "yes", "yep", "okay", "ok", "right", "sure", "i see", "ja", "genau", "oui", "sí", "claro", "tak"];

    /// <summary>Recognise our own voice in the microphone, and do not let it interrupt; default true. Costs nothing while the model is silent.</summary>
    public bool SuppressEcho { get; set; } = true;

    /// <summary>With <c>proactiveAudio</c>: how long after an answer whatever is said is meant for the model; default 8 seconds, twice that where it asked something.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan FollowUpTime { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>
    /// Sound of the user kept at most: for an utterance that has to be recognised again, and for <c>TURN_INCLUDES_ALL_INPUT</c>. Default 30
    /// seconds (one megabyte), rounded up to 33; beyond it the oldest goes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan MaxKeptInput { get; set; } = TimeSpan.FromSeconds(30);
}
