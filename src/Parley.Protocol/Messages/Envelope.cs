namespace Parley.Protocol;

/// <summary>A client message (BidiGenerateContentClientMessage, <see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#4-client--server-messages">protocol 4</see>): exactly one member.</summary>
public sealed partial record LiveSessionRequest
{
    /// <summary>The first message.</summary>
    public Setup? Setup { get; set; }

    /// <summary>Ordered content.</summary>
    public ClientContent? ClientContent { get; set; }

    /// <summary>Realtime input.</summary>
    public RealtimeInput? RealtimeInput { get; set; }

    /// <summary>Function responses.</summary>
    public ToolResponse? ToolResponse { get; set; }

    /// <summary>Changes the instruction or the tools.</summary>
    public ContextUpdate? ContextUpdate { get; set; }
}

/// <summary>A server message (BidiGenerateContentServerMessage, <see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#5-server--client-messages">protocol 5</see>): at most one of the first six members, plus the others.</summary>
public sealed partial record LiveSessionResponse
{
    /// <summary>The setup was accepted.</summary>
    public SetupComplete? SetupComplete { get; set; }

    /// <summary>Output of the model.</summary>
    public ServerContent? ServerContent { get; set; }

    /// <summary>Function calls.</summary>
    public ToolCall? ToolCall { get; set; }

    /// <summary>Cancelled function calls.</summary>
    public ToolCallCancellation? ToolCallCancellation { get; set; }

    /// <summary>The connection ends soon.</summary>
    public GoAway? GoAway { get; set; }

    /// <summary>State of resumption.</summary>
    public SessionResumptionUpdate? SessionResumptionUpdate { get; set; }

    /// <summary>Tokens of the turn.</summary>
    public UsageMetadata? UsageMetadata { get; set; }

    /// <summary>Start or end of speech.</summary>
    public VoiceActivity? VoiceActivity { get; set; }

    /// <summary>Older form of it.</summary>
    public VoiceActivityDetectionSignal? VoiceActivityDetectionSignal { get; set; }
}
