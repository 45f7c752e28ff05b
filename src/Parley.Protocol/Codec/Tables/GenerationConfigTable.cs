namespace Parley.Protocol.Codec;

internal static partial class WireTypes
{
    internal static MessageType<Protocol.GenerationConfig> GenerationConfig => field ??=
        new MessageType<Protocol.GenerationConfig>()
            .Int32("candidateCount", static m => m.CandidateCount, static (m, v) => m.CandidateCount = v)
            .Int32("maxOutputTokens", static m => m.MaxOutputTokens, static (m, v) => m.MaxOutputTokens = v)
            .Double("temperature", static m => m.Temperature, static (m, v) => m.Temperature = v)
            .Double("topP", static m => m.TopP, static (m, v) => m.TopP = v)
            .Double("topK", static m => m.TopK, static (m, v) => m.TopK = v)
            .Double("presencePenalty", static m => m.PresencePenalty, static (m, v) => m.PresencePenalty = v)
            .Double("frequencyPenalty", static m => m.FrequencyPenalty, static (m, v) => m.FrequencyPenalty = v)
            .Int32("seed", static m => m.Seed, static (m, v) => m.Seed = v)
            .Enums<Modality>("responseModalities", static m => m.ResponseModalities, static (m, v) => m.ResponseModalities = v)
            .Message("speechConfig", static () => SpeechConfig, static m => m.SpeechConfig, static (m, v) => m.SpeechConfig = v)
            .Enum<MediaResolution>("mediaResolution", static m => m.MediaResolution, static (m, v) => m.MediaResolution = v)
            .Message("thinkingConfig", static () => ThinkingConfig, static m => m.ThinkingConfig, static (m, v) => m.ThinkingConfig = v)
            .Boolean("enableAffectiveDialog", static m => m.EnableAffectiveDialog, static (m, v) => m.EnableAffectiveDialog = v)
            .Message("translationConfig", static () => TranslationConfig, static m => m.TranslationConfig, static (m, v) => m.TranslationConfig = v)
            .Message("audioTranscriptionConfig", static () => AudioTranscriptionConfig, static m => m.AudioTranscriptionConfig, static (m, v) => m.AudioTranscriptionConfig = v);

    internal static MessageType<Protocol.SpeechConfig> SpeechConfig => field ??=
        new MessageType<Protocol.SpeechConfig>()
            .Message("voiceConfig", static () => VoiceConfig, static m => m.VoiceConfig, static (m, v) => m.VoiceConfig = v)
            .String("languageCode", static m => m.LanguageCode, static (m, v) => m.LanguageCode = v);

    internal static MessageType<Protocol.VoiceConfig> VoiceConfig => field ??=
        new MessageType<Protocol.VoiceConfig>()
            .Message("prebuiltVoiceConfig", static () => PrebuiltVoiceConfig, static m => m.PrebuiltVoiceConfig, static (m, v) => m.PrebuiltVoiceConfig = v, oneOf: "voice_config")
            .Message("replicatedVoiceConfig", static () => ReplicatedVoiceConfig, static m => m.ReplicatedVoiceConfig, static (m, v) => m.ReplicatedVoiceConfig = v, oneOf: "voice_config")
            .String("voice", static m => m.Voice, static (m, v) => m.Voice = v, oneOf: "voice_config");

    internal static MessageType<Protocol.PrebuiltVoiceConfig> PrebuiltVoiceConfig => field ??=
        new MessageType<Protocol.PrebuiltVoiceConfig>()
            .String("voiceName", static m => m.VoiceName, static (m, v) => m.VoiceName = v);

    internal static MessageType<Protocol.ReplicatedVoiceConfig> ReplicatedVoiceConfig => field ??=
        new MessageType<Protocol.ReplicatedVoiceConfig>()
            .String("mimeType", static m => m.MimeType, static (m, v) => m.MimeType = v)
            .Bytes("voiceSampleAudio", static m => m.VoiceSampleAudio, static (m, v) => m.VoiceSampleAudio = v)
            .Bytes("consentAudio", static m => m.ConsentAudio, static (m, v) => m.ConsentAudio = v)
            .Message("voiceConsentSignature", static () => VoiceConsentSignature, static m => m.VoiceConsentSignature, static (m, v) => m.VoiceConsentSignature = v);

    internal static MessageType<Protocol.VoiceConsentSignature> VoiceConsentSignature => field ??=
        new MessageType<Protocol.VoiceConsentSignature>()
            .String("signature", static m => m.Signature, static (m, v) => m.Signature = v);

    internal static MessageType<Protocol.ThinkingConfig> ThinkingConfig => field ??=
        new MessageType<Protocol.ThinkingConfig>()
            .Boolean("includeThoughts", static m => m.IncludeThoughts, static (m, v) => m.IncludeThoughts = v)
            .Int32("thinkingBudget", static m => m.ThinkingBudget, static (m, v) => m.ThinkingBudget = v)
            .Enum<ThinkingLevel>("thinkingLevel", static m => m.ThinkingLevel, static (m, v) => m.ThinkingLevel = v);

    internal static MessageType<Protocol.TranslationConfig> TranslationConfig => field ??=
        new MessageType<Protocol.TranslationConfig>()
            .String("targetLanguageCode", static m => m.TargetLanguageCode, static (m, v) => m.TargetLanguageCode = v)
            .Boolean("echoTargetLanguage", static m => m.EchoTargetLanguage, static (m, v) => m.EchoTargetLanguage = v);

    internal static MessageType<Protocol.AudioTranscriptionConfig> AudioTranscriptionConfig => field ??=
        new MessageType<Protocol.AudioTranscriptionConfig>()
            .Strings("languageCodes", static m => m.LanguageCodes, static (m, v) => m.LanguageCodes = v)
            .Empty("languageAuto", static m => m.LanguageAuto, static (m, v) => m.LanguageAuto = v)
            .Message("languageHints", static () => LanguageHints, static m => m.LanguageHints, static (m, v) => m.LanguageHints = v)
            .Strings("customVocabulary", static m => m.CustomVocabulary, static (m, v) => m.CustomVocabulary = v)
            .Strings("adaptationPhrases", static m => m.AdaptationPhrases, static (m, v) => m.AdaptationPhrases = v)
            .Boolean("wordTimestamp", static m => m.WordTimestamp, static (m, v) => m.WordTimestamp = v)
            .Boolean("diarization", static m => m.Diarization, static (m, v) => m.Diarization = v)
            .Enum<TranscriptionMode>("mode", static m => m.Mode, static (m, v) => m.Mode = v)
            .String("sourceText", static m => m.SourceText, static (m, v) => m.SourceText = v);

    internal static MessageType<Protocol.LanguageHints> LanguageHints => field ??=
        new MessageType<Protocol.LanguageHints>()
            .Strings("languageCodes", static m => m.LanguageCodes, static (m, v) => m.LanguageCodes = v);
}
