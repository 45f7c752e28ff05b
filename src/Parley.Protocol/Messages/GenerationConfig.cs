namespace Parley.Protocol;

/// <summary>How answers are generated (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#411-generationconfig">protocol 4.1.1</see>).</summary>
public sealed record GenerationConfig
{
    /// <summary>Number of answers; only 1 is useful in a live session.</summary>
    public int? CandidateCount { get; set; }

    /// <summary>Maximum length of an answer in tokens.</summary>
    public int? MaxOutputTokens { get; set; }

    /// <summary>Randomness, 0 to 2.</summary>
    public double? Temperature { get; set; }

    /// <summary>Nucleus sampling, 0 to 1.</summary>
    public double? TopP { get; set; }

    /// <summary>Top-k sampling.</summary>
    public double? TopK { get; set; }

    /// <summary>-2 to 2.</summary>
    public double? PresencePenalty { get; set; }

    /// <summary>-2 to 2.</summary>
    public double? FrequencyPenalty { get; set; }

    /// <summary>Seed for sampling.</summary>
    public int? Seed { get; set; }

    /// <summary>Exactly one of TEXT and AUDIO; default AUDIO.</summary>
    public IReadOnlyList<Modality>? ResponseModalities { get; set; }

    /// <summary>Voice and language of the answer.</summary>
    public SpeechConfig? SpeechConfig { get; set; }

    /// <summary>Resolution at which video frames are read.</summary>
    public MediaResolution? MediaResolution { get; set; }

    /// <summary>Thinking. Which form a model accepts: <see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#413-thinkingconfig">protocol 4.1.3</see>.</summary>
    public ThinkingConfig? ThinkingConfig { get; set; }

    /// <summary>Adapts the tone to the user (2.5 native audio on v1alpha).</summary>
    public bool? EnableAffectiveDialog { get; set; }

    /// <summary>Live translation models only.</summary>
    public TranslationConfig? TranslationConfig { get; set; }

    /// <summary>Part of the shared type; live sessions use the setup's own members.</summary>
    public AudioTranscriptionConfig? AudioTranscriptionConfig { get; set; }
}

/// <summary>Voice and language of spoken answers (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#412-speechconfig">protocol 4.1.2</see>).</summary>
public sealed record SpeechConfig
{
    /// <summary>The voice.</summary>
    public VoiceConfig? VoiceConfig { get; set; }

    /// <summary>BCP-47 code of the spoken language.</summary>
    public string? LanguageCode { get; set; }
}

/// <summary>The voice to speak with; at most one member.</summary>
public sealed record VoiceConfig
{
    /// <summary>One of the 30 named voices.</summary>
    public PrebuiltVoiceConfig? PrebuiltVoiceConfig { get; set; }

    /// <summary>A voice cloned from a sample.</summary>
    public ReplicatedVoiceConfig? ReplicatedVoiceConfig { get; set; }

    /// <summary>A voice identifier.</summary>
    public string? Voice { get; set; }
}

/// <summary>A named voice.</summary>
public sealed record PrebuiltVoiceConfig
{
    /// <summary>One of the 30 voice names, case as listed (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#132-voices-30">protocol 13.2</see>).</summary>
    public string? VoiceName { get; set; }
}

/// <summary>A voice cloned from a sample.</summary>
public sealed record ReplicatedVoiceConfig
{
    /// <summary>Media type of the samples, <c>audio/wav</c>.</summary>
    public string? MimeType { get; set; }

    /// <summary>24 kHz PCM16 WAV.</summary>
    public ReadOnlyMemory<byte>? VoiceSampleAudio { get; set; }

    /// <summary>Spoken consent.</summary>
    public ReadOnlyMemory<byte>? ConsentAudio { get; set; }

    /// <summary>Signature of an earlier consent.</summary>
    public VoiceConsentSignature? VoiceConsentSignature { get; set; }
}

/// <summary>Signature of a spoken consent.</summary>
public sealed record VoiceConsentSignature
{
    /// <summary>Opaque signature.</summary>
    public string? Signature { get; set; }
}

/// <summary>Thinking (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#413-thinkingconfig">protocol 4.1.3</see>).</summary>
public sealed record ThinkingConfig
{
    /// <summary>Sends summaries of thoughts as parts with <c>thought: true</c>.</summary>
    public bool? IncludeThoughts { get; set; }

    /// <summary>Tokens; 0 = off, -1 = automatic. Not together with a level.</summary>
    public int? ThinkingBudget { get; set; }

    /// <summary>Effort. Not together with a budget.</summary>
    public ThinkingLevel? ThinkingLevel { get; set; }
}

/// <summary>Live translation (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#411-generationconfig">protocol 4.1.1</see>).</summary>
public sealed record TranslationConfig
{
    /// <summary>BCP-47 code of the output.</summary>
    public string? TargetLanguageCode { get; set; }

    /// <summary>Also speaks input that already is in the target language.</summary>
    public bool? EchoTargetLanguage { get; set; }
}

/// <summary>Transcription of one direction (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#416-transcription-config-both-directions">protocol 4.1.6</see>); empty = on with defaults.</summary>
public sealed record AudioTranscriptionConfig
{
    /// <summary>BCP-47 hints; empty = detect.</summary>
    public IReadOnlyList<string>? LanguageCodes { get; set; }

    /// <summary>Deprecated: detect the language.</summary>
    public Empty? LanguageAuto { get; set; }

    /// <summary>Deprecated form of <see cref="LanguageCodes"/>.</summary>
    public LanguageHints? LanguageHints { get; set; }

    /// <summary>Phrases to expect.</summary>
    public IReadOnlyList<string>? CustomVocabulary { get; set; }

    /// <summary>Deprecated name of <see cref="CustomVocabulary"/>.</summary>
    public IReadOnlyList<string>? AdaptationPhrases { get; set; }

    /// <summary>Adds timing per word; not with SMART.</summary>
    public bool? WordTimestamp { get; set; }

    /// <summary>Adds speaker labels; not with SMART.</summary>
    public bool? Diarization { get; set; }

    /// <summary>VERBATIM (default), or SMART, which cleans up and formats the text.</summary>
    public TranscriptionMode? Mode { get; set; }

    /// <summary>With SMART: the text that is edited by voice.</summary>
    public string? SourceText { get; set; }
}

/// <summary>Deprecated language hints.</summary>
public sealed record LanguageHints
{
    /// <summary>BCP-47 codes.</summary>
    public IReadOnlyList<string>? LanguageCodes { get; set; }
}
