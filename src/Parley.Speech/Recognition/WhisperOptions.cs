namespace Parley.Speech;

/// <summary>Settings of Whisper, which the package Parley.Speech.Whisper brings. Configuration section "Speech:Recognizer:Whisper".</summary>
public sealed class WhisperOptions
{
    /// <summary>
    /// A Whisper model in ggml form: the path of a file, or the name of an installed model, such as <c>whisper-base.en</c>. Null (default):
    /// the best installed one.
    /// </summary>
    public string? Model { get; set; }

    /// <summary>
    /// Language that is spoken, such as <c>en</c>. Null (default): that of the session; if it has none, the language of a session's first
    /// utterance is detected and kept. "auto": it is detected for each utterance, which takes the time of one more pass.
    /// </summary>
    public string? Language { get; set; }

    /// <summary>
    /// Threads of the computation, 1 to 64. More than the machine has cores make it slower. Default: all cores but one, 1 to 4.
    /// </summary>
    public int Threads { get; set; } = Math.Clamp(Environment.ProcessorCount - 1, 1, 4);

    /// <summary>
    /// The shortest input of the encoder, in frames of 20 ms, 64 to 1,500. An utterance takes as many as it is long, but not fewer than these: fewer
    /// are faster and can make Whisper repeat itself. 1,500: always the 30 s that Whisper was trained on. Default 512, about ten seconds.
    /// </summary>
    public int MinAudioContext { get; set; } = 512;

    /// <summary>
    /// How much new audio makes another pass for a partial transcript; more if the machine is busy. Default 0.5 s. Zero: no partial transcripts.
    /// </summary>
    public TimeSpan PartialInterval { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Default: <see cref="EngineIsolation.Process"/>.</summary>
    public EngineIsolation Isolation { get; set; }

    /// <summary>A worker that gives no answer for this time is replaced; loading the model may take three times as long. Default 30 s.</summary>
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
