namespace Parley.Protocol.Codec;

internal static partial class WireTypes
{
    internal static MessageType<Protocol.SetupComplete> SetupComplete => field ??=
        new MessageType<Protocol.SetupComplete>()
            .String("sessionId", static m => m.SessionId, static (m, v) => m.SessionId = v)
            .Message("voiceConsentSignature", static () => VoiceConsentSignature, static m => m.VoiceConsentSignature, static (m, v) => m.VoiceConsentSignature = v);

    internal static MessageType<Protocol.ServerContent> ServerContent => field ??=
        new MessageType<Protocol.ServerContent>()
            .Message("modelTurn", static () => Content, static m => m.ModelTurn, static (m, v) => m.ModelTurn = v)
            .Boolean("generationComplete", static m => m.GenerationComplete, static (m, v) => m.GenerationComplete = v)
            .Boolean("turnComplete", static m => m.TurnComplete, static (m, v) => m.TurnComplete = v)
            .Boolean("interrupted", static m => m.Interrupted, static (m, v) => m.Interrupted = v)
            .Message("inputTranscription", static () => Transcription, static m => m.InputTranscription, static (m, v) => m.InputTranscription = v)
            .Message("interimInputTranscription", static () => Transcription, static m => m.InterimInputTranscription, static (m, v) => m.InterimInputTranscription = v)
            .Message("outputTranscription", static () => Transcription, static m => m.OutputTranscription, static (m, v) => m.OutputTranscription = v)
            .Message("groundingMetadata", static () => GroundingMetadata, static m => m.GroundingMetadata, static (m, v) => m.GroundingMetadata = v)
            .Message("urlContextMetadata", static () => UrlContextMetadata, static m => m.UrlContextMetadata, static (m, v) => m.UrlContextMetadata = v)
            .Enum<TurnCompleteReason>("turnCompleteReason", static m => m.TurnCompleteReason, static (m, v) => m.TurnCompleteReason = v)
            .Boolean("waitingForInput", static m => m.WaitingForInput, static (m, v) => m.WaitingForInput = v)
            .Enum<InteractionStatus>("interactionStatus", static m => m.InteractionStatus, static (m, v) => m.InteractionStatus = v)
            .Enum<SpeechState>("speechState", static m => m.SpeechState, static (m, v) => m.SpeechState = v);

    internal static MessageType<Protocol.Transcription> Transcription => field ??=
        new MessageType<Protocol.Transcription>()
            .String("text", static m => m.Text, static (m, v) => m.Text = v)
            .Boolean("finished", static m => m.Finished, static (m, v) => m.Finished = v)
            .String("languageCode", static m => m.LanguageCode, static (m, v) => m.LanguageCode = v)
            .String("speakerLabel", static m => m.SpeakerLabel, static (m, v) => m.SpeakerLabel = v)
            .Messages("words", static () => WordInfo, static m => m.Words, static (m, v) => m.Words = v)
            .Duration("startOffset", static m => m.StartOffset, static (m, v) => m.StartOffset = v)
            .Duration("endOffset", static m => m.EndOffset, static (m, v) => m.EndOffset = v);

    internal static MessageType<Protocol.WordInfo> WordInfo => field ??=
        new MessageType<Protocol.WordInfo>()
            .String("word", static m => m.Word, static (m, v) => m.Word = v)
            .Duration("startOffset", static m => m.StartOffset, static (m, v) => m.StartOffset = v)
            .Duration("endOffset", static m => m.EndOffset, static (m, v) => m.EndOffset = v);

    internal static MessageType<Protocol.ToolCall> ToolCall => field ??=
        new MessageType<Protocol.ToolCall>()
            .Messages("functionCalls", static () => FunctionCall, static m => m.FunctionCalls, static (m, v) => m.FunctionCalls = v);

    internal static MessageType<Protocol.ToolCallCancellation> ToolCallCancellation => field ??=
        new MessageType<Protocol.ToolCallCancellation>()
            .Strings("ids", static m => m.Ids, static (m, v) => m.Ids = v);

    internal static MessageType<Protocol.GoAway> GoAway => field ??=
        new MessageType<Protocol.GoAway>()
            .Duration("timeLeft", static m => m.TimeLeft, static (m, v) => m.TimeLeft = v);

    internal static MessageType<Protocol.SessionResumptionUpdate> SessionResumptionUpdate => field ??=
        new MessageType<Protocol.SessionResumptionUpdate>()
            .String("newHandle", static m => m.NewHandle, static (m, v) => m.NewHandle = v)
            .Boolean("resumable", static m => m.Resumable, static (m, v) => m.Resumable = v)
            .Int64("lastConsumedClientMessageIndex", static m => m.LastConsumedClientMessageIndex, static (m, v) => m.LastConsumedClientMessageIndex = v);

    internal static MessageType<Protocol.UsageMetadata> UsageMetadata => field ??=
        new MessageType<Protocol.UsageMetadata>()
            .Int32("promptTokenCount", static m => m.PromptTokenCount, static (m, v) => m.PromptTokenCount = v)
            .Int32("cachedContentTokenCount", static m => m.CachedContentTokenCount, static (m, v) => m.CachedContentTokenCount = v)
            .Int32("responseTokenCount", static m => m.ResponseTokenCount, static (m, v) => m.ResponseTokenCount = v)
            .Int32("toolUsePromptTokenCount", static m => m.ToolUsePromptTokenCount, static (m, v) => m.ToolUsePromptTokenCount = v)
            .Int32("thoughtsTokenCount", static m => m.ThoughtsTokenCount, static (m, v) => m.ThoughtsTokenCount = v)
            .Int32("totalTokenCount", static m => m.TotalTokenCount, static (m, v) => m.TotalTokenCount = v)
            .Messages("promptTokensDetails", static () => ModalityTokenCount, static m => m.PromptTokensDetails, static (m, v) => m.PromptTokensDetails = v)
            .Messages("cacheTokensDetails", static () => ModalityTokenCount, static m => m.CacheTokensDetails, static (m, v) => m.CacheTokensDetails = v)
            .Messages("responseTokensDetails", static () => ModalityTokenCount, static m => m.ResponseTokensDetails, static (m, v) => m.ResponseTokensDetails = v)
            .Messages("toolUsePromptTokensDetails", static () => ModalityTokenCount, static m => m.ToolUsePromptTokensDetails, static (m, v) => m.ToolUsePromptTokensDetails = v)
            .Enum<ServiceTier>("serviceTier", static m => m.ServiceTier, static (m, v) => m.ServiceTier = v)
            .Enum<TrafficType>("trafficType", static m => m.TrafficType, static (m, v) => m.TrafficType = v)
            .Int32("candidatesTokenCount", static m => m.CandidatesTokenCount, static (m, v) => m.CandidatesTokenCount = v)
            .Messages("candidatesTokensDetails", static () => ModalityTokenCount, static m => m.CandidatesTokensDetails, static (m, v) => m.CandidatesTokensDetails = v);

    internal static MessageType<Protocol.ModalityTokenCount> ModalityTokenCount => field ??=
        new MessageType<Protocol.ModalityTokenCount>()
            .Enum<Modality>("modality", static m => m.Modality, static (m, v) => m.Modality = v)
            .Int32("tokenCount", static m => m.TokenCount, static (m, v) => m.TokenCount = v);

    internal static MessageType<Protocol.VoiceActivity> VoiceActivity => field ??=
        new MessageType<Protocol.VoiceActivity>()
            .Enum<VoiceActivityType>("type", static m => m.Type, static (m, v) => m.Type = v)
            // The SDKs' own name of "type", read and never written (docs/protocol.md#59-voiceactivity).
            .Enum<VoiceActivityType>("voiceActivityType", static _ => null, static (m, v) => m.Type = v)
            .Duration("audioOffset", static m => m.AudioOffset, static (m, v) => m.AudioOffset = v);

    internal static MessageType<Protocol.VoiceActivityDetectionSignal> VoiceActivityDetectionSignal => field ??=
        new MessageType<Protocol.VoiceActivityDetectionSignal>()
            .Enum<VadSignalType>("vadSignalType", static m => m.VadSignalType, static (m, v) => m.VadSignalType = v);

    internal static MessageType<Protocol.ApiError> ApiError => field ??=
        new MessageType<Protocol.ApiError>()
            .Int32("code", static m => m.Code, static (m, v) => m.Code = v)
            .String("message", static m => m.Message, static (m, v) => m.Message = v)
            .String("status", static m => m.Status, static (m, v) => m.Status = v)
            .Json("details", static m => m.Details, static (m, v) => m.Details = v);
}
