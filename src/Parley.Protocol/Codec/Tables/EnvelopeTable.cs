namespace Parley.Protocol.Codec;

internal static partial class WireTypes
{
    internal static MessageType<Protocol.LiveSessionRequest> LiveSessionRequest => field ??=
        new MessageType<Protocol.LiveSessionRequest>()
            .Message("setup", static () => Setup, static m => m.Setup, static (m, v) => m.Setup = v, oneOf: "message_type")
            .Message("clientContent", static () => ClientContent, static m => m.ClientContent, static (m, v) => m.ClientContent = v, oneOf: "message_type")
            .Message("realtimeInput", static () => RealtimeInput, static m => m.RealtimeInput, static (m, v) => m.RealtimeInput = v, oneOf: "message_type")
            .Message("toolResponse", static () => ToolResponse, static m => m.ToolResponse, static (m, v) => m.ToolResponse = v, oneOf: "message_type")
            .Message("contextUpdate", static () => ContextUpdate, static m => m.ContextUpdate, static (m, v) => m.ContextUpdate = v, oneOf: "message_type");

    internal static MessageType<Protocol.LiveSessionResponse> LiveSessionResponse => field ??=
        new MessageType<Protocol.LiveSessionResponse>()
            .Message("setupComplete", static () => SetupComplete, static m => m.SetupComplete, static (m, v) => m.SetupComplete = v)
            .Message("serverContent", static () => ServerContent, static m => m.ServerContent, static (m, v) => m.ServerContent = v)
            .Message("toolCall", static () => ToolCall, static m => m.ToolCall, static (m, v) => m.ToolCall = v)
            .Message("toolCallCancellation", static () => ToolCallCancellation, static m => m.ToolCallCancellation, static (m, v) => m.ToolCallCancellation = v)
            .Message("goAway", static () => GoAway, static m => m.GoAway, static (m, v) => m.GoAway = v)
            .Message("sessionResumptionUpdate", static () => SessionResumptionUpdate, static m => m.SessionResumptionUpdate, static (m, v) => m.SessionResumptionUpdate = v)
            .Message("usageMetadata", static () => UsageMetadata, static m => m.UsageMetadata, static (m, v) => m.UsageMetadata = v)
            .Message("voiceActivity", static () => VoiceActivity, static m => m.VoiceActivity, static (m, v) => m.VoiceActivity = v)
            .Message("voiceActivityDetectionSignal", static () => VoiceActivityDetectionSignal, static m => m.VoiceActivityDetectionSignal, static (m, v) => m.VoiceActivityDetectionSignal = v);
}
