namespace Parley.Speech;

/// <summary>Which engines hear and speak. Configuration section "Speech"; data only, read once by <see cref="SpeechEngines.Create"/>.</summary>
public sealed class SpeechOptions
{
    /// <summary>What understands speech.</summary>
    public RecognizerOptions Recognizer { get; set; } = new();

    /// <summary>What finds speech in sound.</summary>
    public DetectorOptions Detector { get; set; } = new();

    /// <summary>What speaks.</summary>
    public SynthesizerOptions Synthesizer { get; set; } = new();
}

/// <summary>What understands speech. Configuration section "Speech:Recognizer".</summary>
public sealed class RecognizerOptions
{
    /// <summary>
    /// "auto" (default): the embedded recognizer where it is installed; "pocketsphinx"; "openai": any server with
    /// <c>/v1/audio/transcriptions</c>; "none".
    /// </summary>
    public string Provider { get; set; } = SpeechProviders.Auto;

    /// <summary>The provider that takes over an utterance when the first one fails or is late; null (default) for none.</summary>
    public string? Fallback { get; set; }

    /// <summary>How long the first provider may take for the end of an utterance before the fallback does it. Default 10 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Of "pocketsphinx".</summary>
    public PocketSphinxOptions PocketSphinx { get; set; } = new();

    /// <summary>Of "openai".</summary>
    public OpenAIEndpoint OpenAI { get; set; } = new();
}

/// <summary>What finds speech in sound. Configuration section "Speech:Detector".</summary>
public sealed class DetectorOptions
{
    /// <summary>"auto" (default): silero where it runs, else energy; "silero"; "energy".</summary>
    public string Provider { get; set; } = SpeechProviders.Auto;
}

/// <summary>What speaks. Configuration section "Speech:Synthesizer".</summary>
public sealed class SynthesizerOptions
{
    /// <summary>
    /// "auto" (default): what is installed here, by language; "flite"; "espeak"; "openai": any server with <c>/v1/audio/speech</c>; "tone".
    /// </summary>
    public string Provider { get; set; } = SpeechProviders.Auto;

    /// <summary>The provider that speaks a text when the first one fails or is late; null (default) for none.</summary>
    public string? Fallback { get; set; }

    /// <summary>How long the first provider may take to its first sound before the fallback speaks. Default 10 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Of "flite".</summary>
    public FliteOptions Flite { get; set; } = new();

    /// <summary>Of "espeak".</summary>
    public EspeakOptions Espeak { get; set; } = new();

    /// <summary>Of "openai".</summary>
    public OpenAIVoiceOptions OpenAI { get; set; } = new();
}
