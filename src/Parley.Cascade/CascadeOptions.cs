using System.ComponentModel.DataAnnotations;
using Parley.Speech;

namespace Parley.Cascade;

/// <summary>Behaviour of the cascade of VAD, STT, chat model and TTS. Read from the configuration section "Cascade".</summary>
public sealed class CascadeOptions
{
    /// <summary>
    /// How far ahead of real-time playback an answer is sent; default 2 seconds, from 100 ms to 1 day. A longer lead survives a worse
    /// network. It does not change the history: after an interruption, history keeps what a client that plays in real time has heard.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan AudioLead { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Whether <c>turnComplete</c> is held back until a client that plays in real time has played the answer
    /// (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#62-a-normal-audio-turn">protocol 6.2</see>); default
    /// false.
    /// </summary>
    public bool DelayTurnComplete { get; set; }

    /// <summary>
    /// Assumed speaking rate in characters per second, used to spread the transcription of a sentence over its audio; default 13, the rate
    /// of the built-in synthesizers, from 1 to 100.
    /// </summary>
    [Range(1, 100)]
    public double CharactersPerSecond { get; set; } = 13;

    /// <summary>
    /// Time limit for the first piece of text from the chat model, and for each further piece; default 30 seconds, because a local model
    /// may have to be loaded first; from 100 ms to 1 hour. After it the fallback answers, or one spoken sentence says that there is no
    /// answer.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan ChatModelTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Time limit for the first audio chunk of a sentence from the synthesizer, and for each further chunk; default 20 seconds, longer than
    /// engines with built-in fallbacks need; from 100 ms to 1 hour. After it the fallback synthesizer speaks.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan SynthesisTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Time limit for the final transcript after the end of an utterance; default 20 seconds, longer than recognizers with built-in
    /// fallbacks need; from 100 ms to 1 hour. After it the user is asked to repeat.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan RecognitionTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// What estimates whether the user has finished: the silence that ends a turn is then shorter if that is likely, and longer if it is not.
    /// Default: by rules on the words; without a recognizer nothing changes.
    /// </summary>
    public TurnDetectorOptions TurnDetector { get; set; } = new();

    /// <summary>
    /// Whether turn detection may also shorten a <c>silenceDurationMs</c> that the client has set; default false. Lengthening it is always
    /// allowed.
    /// </summary>
    public bool ShortenClientSilence { get; set; }

    /// <summary>
    /// Whether an answer is prepared in a pause in which the user has probably finished: chat model and synthesizer then start before the
    /// turn is over, and the answer is sent at once if it ends with the same words. What was prepared in vain is discarded; the client sees
    /// nothing of it, and functions are not called. Costs at most one request to the chat model per pause of the user. Null (the default):
    /// only with a chat model on this machine that calls no functions itself. Needs a recognizer.
    /// </summary>
    public bool? SpeculateAnswers { get; set; }

    /// <summary>
    /// Whether engines and code are warmed up when the server starts, by a turn that nobody hears; default true. Sessions are accepted
    /// meanwhile, and <c>/readyz</c> answers 503 until it is over. A chat model that is not on this machine is left out.
    /// </summary>
    public bool WarmUp { get; set; } = true;

    /// <summary>
    /// Least speech that interrupts an answer; default zero: the start of speech interrupts, as in the public service; at most 10 seconds.
    /// A cough lasts about 300 ms.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan MinInterruptionSpeech { get; set; }

    /// <summary>Whether backchannels such as "mhm" leave the answer alone; default false. Needs a recognizer.</summary>
    public bool IgnoreBackChannels { get; set; }

    /// <summary>
    /// The words that count as backchannels; an utterance with any other word does not. Case is ignored. Configuration adds to the
    /// defaults.
    /// </summary>
    public IList<string> BackChannels { get; } =
    [
        "mhm", "mm", "mmm", "hm", "hmm", "uh huh", "uh-huh", "uhuh", "huh", "ah", "oh", "aha", "yeah", "yes", "yep", "okay", "ok",
        "right", "sure", "i see", "ja", "genau", "oui", "sí", "claro", "tak",
    ];

    /// <summary>
    /// Whether the assistant's own audio, coming back through the microphone, is kept from interrupting it; default true. Costs nothing
    /// while the model is silent.
    /// </summary>
    public bool SuppressEcho { get; set; } = true;

    /// <summary>
    /// With <c>proactiveAudio</c>: how long after an answer all speech counts as addressed to the model; default 8 seconds, at most 10
    /// minutes. After an answer that ended with a question it is twice as long.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan FollowUpTime { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>
    /// Most user audio kept per session, to recognize an utterance again and for <c>TURN_INCLUDES_ALL_INPUT</c>; default 30 seconds (1 MB),
    /// rounded up to 33; from 1 second to 10 minutes. Beyond it the oldest audio is dropped.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan MaxKeptInput { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Which transcripts of the user have profane words masked ("d***"); default <see cref="ProfanityFilter.Interim"/>. Whole words of
    /// English, French, German, Polish and Spanish. The chat model gets the words as recognized.
    /// </summary>
    public ProfanityFilter ProfanityFilter { get; set; }

    /// <summary>
    /// Whether interim transcripts wait until their words are stable: two successive hypotheses agree, or one has not changed for 300 ms.
    /// False: every hypothesis is sent at once. Null (the default): they wait unless the recognizer reports only stable words
    /// (<see cref="ISpeechRecognizer.HasStablePartials"/>).
    /// </summary>
    public bool? StablePartials { get; set; }
}
