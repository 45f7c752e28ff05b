namespace Parley.Protocol.Codec;

internal static partial class WireTypes
{
    internal static MessageType<Protocol.Setup> Setup => field ??=
        new MessageType<Protocol.Setup>()
            .String("model", static m => m.Model, static (m, v) => m.Model = v)
            .Message("generationConfig", static () => GenerationConfig, static m => m.GenerationConfig, static (m, v) => m.GenerationConfig = v)
            .Instruction("systemInstruction", static m => m.SystemInstruction, static (m, v) => m.SystemInstruction = v)
            .Messages("tools", static () => Tool, static m => m.Tools, static (m, v) => m.Tools = v)
            .Message("realtimeInputConfig", static () => RealtimeInputConfig, static m => m.RealtimeInputConfig, static (m, v) => m.RealtimeInputConfig = v)
            .Message("sessionResumption", static () => SessionResumptionConfig, static m => m.SessionResumption, static (m, v) => m.SessionResumption = v)
            .Message("contextWindowCompression", static () => ContextWindowCompressionConfig, static m => m.ContextWindowCompression, static (m, v) => m.ContextWindowCompression = v)
            .Message("inputAudioTranscription", static () => AudioTranscriptionConfig, static m => m.InputAudioTranscription, static (m, v) => m.InputAudioTranscription = v)
            .Message("outputAudioTranscription", static () => AudioTranscriptionConfig, static m => m.OutputAudioTranscription, static (m, v) => m.OutputAudioTranscription = v)
            .Message("proactivity", static () => ProactivityConfig, static m => m.Proactivity, static (m, v) => m.Proactivity = v)
            .Message("historyConfig", static () => HistoryConfig, static m => m.HistoryConfig, static (m, v) => m.HistoryConfig = v)
            .Boolean("explicitVadSignal", static m => m.ExplicitVadSignal, static (m, v) => m.ExplicitVadSignal = v)
            .Message("avatarConfig", static () => AvatarConfig, static m => m.AvatarConfig, static (m, v) => m.AvatarConfig = v)
            .Messages("safetySettings", static () => SafetySetting, static m => m.SafetySettings, static (m, v) => m.SafetySettings = v)
            .StringMap("labels", static m => m.Labels, static (m, v) => m.Labels = v);

    internal static MessageType<Protocol.SessionResumptionConfig> SessionResumptionConfig => field ??=
        new MessageType<Protocol.SessionResumptionConfig>()
            .String("handle", static m => m.Handle, static (m, v) => m.Handle = v)
            .Boolean("transparent", static m => m.Transparent, static (m, v) => m.Transparent = v);

    internal static MessageType<Protocol.ContextWindowCompressionConfig> ContextWindowCompressionConfig => field ??=
        new MessageType<Protocol.ContextWindowCompressionConfig>()
            .Int64("triggerTokens", static m => m.TriggerTokens, static (m, v) => m.TriggerTokens = v)
            .Message("slidingWindow", static () => SlidingWindow, static m => m.SlidingWindow, static (m, v) => m.SlidingWindow = v);

    internal static MessageType<Protocol.SlidingWindow> SlidingWindow => field ??=
        new MessageType<Protocol.SlidingWindow>()
            .Int64("targetTokens", static m => m.TargetTokens, static (m, v) => m.TargetTokens = v);

    internal static MessageType<Protocol.ProactivityConfig> ProactivityConfig => field ??=
        new MessageType<Protocol.ProactivityConfig>()
            .Boolean("proactiveAudio", static m => m.ProactiveAudio, static (m, v) => m.ProactiveAudio = v)
            .Boolean("proactiveVideo", static m => m.ProactiveVideo, static (m, v) => m.ProactiveVideo = v);

    internal static MessageType<Protocol.HistoryConfig> HistoryConfig => field ??=
        new MessageType<Protocol.HistoryConfig>()
            .Boolean("initialHistoryInClientContent", static m => m.InitialHistoryInClientContent, static (m, v) => m.InitialHistoryInClientContent = v);

    internal static MessageType<Protocol.AvatarConfig> AvatarConfig => field ??=
        new MessageType<Protocol.AvatarConfig>()
            .String("avatarName", static m => m.AvatarName, static (m, v) => m.AvatarName = v)
            .Message("customizedAvatar", static () => CustomizedAvatar, static m => m.CustomizedAvatar, static (m, v) => m.CustomizedAvatar = v)
            .Int32("audioBitrateBps", static m => m.AudioBitrateBps, static (m, v) => m.AudioBitrateBps = v)
            .Int32("videoBitrateBps", static m => m.VideoBitrateBps, static (m, v) => m.VideoBitrateBps = v);

    internal static MessageType<Protocol.CustomizedAvatar> CustomizedAvatar => field ??=
        new MessageType<Protocol.CustomizedAvatar>()
            .String("imageMimeType", static m => m.ImageMimeType, static (m, v) => m.ImageMimeType = v)
            .Bytes("imageData", static m => m.ImageData, static (m, v) => m.ImageData = v);

    internal static MessageType<Protocol.SafetySetting> SafetySetting => field ??=
        new MessageType<Protocol.SafetySetting>()
            .Enum<HarmCategory>("category", static m => m.Category, static (m, v) => m.Category = v)
            .Enum<HarmBlockThreshold>("threshold", static m => m.Threshold, static (m, v) => m.Threshold = v)
            .Enum<HarmBlockMethod>("method", static m => m.Method, static (m, v) => m.Method = v);
}
