using Parley.Speech.Hosting;

namespace Parley.Speech;

/// <summary>Selects the speech engines. Configuration section "Speech", read once when <see cref="SpeechEngines"/> are created.</summary>
public sealed class SpeechOptions
{
    /// <summary>Folder of the models that are installed by name; null (default): <see cref="ModelStore.DefaultFolder"/>.</summary>
    public string? ModelFolder { get; set; }

    /// <summary>Recognizes speech.</summary>
    public RecognizerOptions Recognizer { get; set; } = new();

    /// <summary>Detects speech.</summary>
    public DetectorOptions Detector { get; set; } = new();

    /// <summary>Synthesizes speech.</summary>
    public SynthesizerOptions Synthesizer { get; set; } = new();
}

/// <summary>Selects the recognizer. Configuration section "Speech:Recognizer".</summary>
public sealed class RecognizerOptions
{
    /// <summary>
    /// "auto" (default): whisper if a model is installed, otherwise pocketsphinx if installed, otherwise none; "whisper" (package
    /// Parley.Speech.Whisper); "pocketsphinx"; "openai": any server with <c>/v1/audio/transcriptions</c>; "none".
    /// </summary>
    public string Provider { get; set; } = SpeechProviders.Auto;

    /// <summary>The provider that takes over an utterance if the first one fails or times out; null (default) for none.</summary>
    public string? Fallback { get; set; }

    /// <summary>
    /// How long the first provider may take from the end of an utterance to its transcript before the fallback takes over. Default 10 s.
    /// </summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Settings of "pocketsphinx".</summary>
    public PocketSphinxOptions PocketSphinx { get; set; } = new();

    /// <summary>Settings of "whisper".</summary>
    public WhisperOptions Whisper { get; set; } = new();

    /// <summary>Settings of "openai".</summary>
    public OpenAIEndpoint OpenAI { get; set; } = new();
}

/// <summary>Selects the voice activity detector. Configuration section "Speech:Detector".</summary>
public sealed class DetectorOptions
{
    /// <summary>"auto" (default): silero if ONNX Runtime is available, otherwise energy; "silero"; "energy".</summary>
    public string Provider { get; set; } = SpeechProviders.Auto;
}

/// <summary>Selects the synthesizer. Configuration section "Speech:Synthesizer".</summary>
public sealed class SynthesizerOptions
{
    /// <summary>
    /// "auto" (default): the installed engines, chosen by language; "flite"; "espeak"; "openai": any server with <c>/v1/audio/speech</c>;
    /// "tone".
    /// </summary>
    public string Provider { get; set; } = SpeechProviders.Auto;

    /// <summary>The provider that speaks a text if the first one fails or times out; null (default) for none.</summary>
    public string? Fallback { get; set; }

    /// <summary>How long the first provider may take to its first audio before the fallback speaks. Default 10 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Settings of "flite".</summary>
    public FliteOptions Flite { get; set; } = new();

    /// <summary>Settings of "espeak".</summary>
    public EspeakOptions Espeak { get; set; } = new();

    /// <summary>Settings of "openai".</summary>
    public OpenAIVoiceOptions OpenAI { get; set; } = new();
}
