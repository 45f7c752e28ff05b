using System.Text.Json;
using Parley.Protocol.Codec;

namespace Parley.Protocol;

/// <summary>Which members a server message holds; a message may hold several.</summary>
[Flags]
public enum LiveResponseKinds
{
    /// <summary>No known member.</summary>
    None = 0,

    /// <summary><c>setupComplete</c>.</summary>
    SetupComplete = 1,

    /// <summary><c>serverContent</c>.</summary>
    ServerContent = 2,

    /// <summary><c>toolCall</c>.</summary>
    ToolCall = 4,

    /// <summary><c>toolCallCancellation</c>.</summary>
    ToolCallCancellation = 8,

    /// <summary><c>goAway</c>.</summary>
    GoAway = 16,

    /// <summary><c>sessionResumptionUpdate</c>.</summary>
    SessionResumptionUpdate = 32,

    /// <summary><c>usageMetadata</c>.</summary>
    UsageMetadata = 64,

    /// <summary><c>voiceActivity</c>.</summary>
    VoiceActivity = 128,

    /// <summary><c>voiceActivityDetectionSignal</c>.</summary>
    VoiceActivityDetectionSignal = 256,

    /// <summary>An error object in the message.</summary>
    Error = 512,
}

public sealed partial record LiveSessionRequest
{
    /// <summary>True if the message was the guide's <c>config</c>, mapped to a setup.</summary>
    internal bool IsGuideConfig { get; init; }
}

public sealed partial record LiveSessionResponse
{
    /// <summary>Unknown members by path, such as <c>server_content.newThing</c>; null if there were none.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Extra { get; private set; }

    /// <summary>An error object in the message (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#510-error-objects">protocol 5.10</see>); the public service is not known to send one.</summary>
    public ApiError? Error { get; private set; }

    /// <summary>The members this message holds.</summary>
    public LiveResponseKinds Kinds =>
        (SetupComplete is null ? 0 : LiveResponseKinds.SetupComplete)
        | (ServerContent is null ? 0 : LiveResponseKinds.ServerContent)
        | (ToolCall is null ? 0 : LiveResponseKinds.ToolCall)
        | (ToolCallCancellation is null ? 0 : LiveResponseKinds.ToolCallCancellation)
        | (GoAway is null ? 0 : LiveResponseKinds.GoAway)
        | (SessionResumptionUpdate is null ? 0 : LiveResponseKinds.SessionResumptionUpdate)
        | (UsageMetadata is null ? 0 : LiveResponseKinds.UsageMetadata)
        | (VoiceActivity is null ? 0 : LiveResponseKinds.VoiceActivity)
        | (VoiceActivityDetectionSignal is null ? 0 : LiveResponseKinds.VoiceActivityDetectionSignal)
        | (Error is null ? 0 : LiveResponseKinds.Error);

    internal void KeepExtra(IReadOnlyDictionary<string, JsonElement> extra, ApiError? error)
    {
        Extra = extra;
        Error = error;
    }
}

public sealed partial record UsageMetadata
{
    /// <summary>Generated tokens, under either of their names.</summary>
    public int ResponseTokens => ResponseTokenCount ?? CandidatesTokenCount ?? 0;
}

public sealed partial record FunctionResponse
{
    /// <summary>
    /// The scheduling that applies: the member next to <c>response</c>, else the one inside it, as in the guide's sample
    /// (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#44-toolresponse">protocol 4.4</see>).
    /// </summary>
    public Scheduling? EffectiveScheduling
    {
        get
        {
            if (Scheduling is not null)
                return Scheduling;
            if (Response is { ValueKind: JsonValueKind.Object } response
                && response.TryGetProperty("scheduling", out var inside) && inside.ValueKind == JsonValueKind.String)
            {
                return new Scheduling(inside.GetString()!);
            }

            return null;
        }
    }
}

public sealed partial record Setup
{
    /// <summary>
    /// Copies one path of a field mask from <paramref name="source"/>: at most two levels, in either spelling
    /// (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#113-which-setup-is-effective">protocol 11.3</see>).
    /// </summary>
    /// <returns>False if there is no such field.</returns>
    internal bool TryCopyPath(Setup source, string path) => WireTypes.Setup.TryCopyPath(source, this, path);
}
