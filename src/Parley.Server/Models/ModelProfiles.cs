using Parley.Protocol;
using Parley.Server.Wire;

namespace Parley.Server;

/// <summary>The rules of the public models (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#413-thinkingconfig">protocol 4.1.3</see>, <see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#8-function-calling">protocol 8</see> and <see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#131-models">protocol 13.1</see>), and which names they hold for.</summary>
public static class ModelProfiles
{
    /// <summary>Native audio of the 2.5 family.</summary>
    public static ModelProfile NativeAudio25 { get; } = new()
    {
        Name = "gemini-2.5-native-audio",
        CompletesTurnAfterToolCall = true,
    };

    /// <summary>3.1 flash live: functions block, client content seeds only.</summary>
    public static ModelProfile FlashLive31 { get; } = new()
    {
        Name = "gemini-3.1-flash-live",
        ClientContent = ClientContentRule.InitialHistoryOnly,
        AllowsNonBlocking = false,
        AllowsAffectiveDialog = false,
        DefaultTurnCoverage = TurnCoverage.TurnIncludesAudioActivityAndAllVideo,
    };

    /// <summary>3.8 live: no thinking, functions do not block unless they say so.</summary>
    public static ModelProfile Live38 { get; } = new()
    {
        Name = "gemini-3.8-live",
        Thinking = ThinkingRule.Refused,
        DefaultBehavior = Behavior.NonBlocking,
        AllowsAffectiveDialog = false,
        ProactiveAudioAlwaysOn = true,
        DefaultTurnCoverage = TurnCoverage.TurnIncludesAudioActivityAndAllVideo,
    };

    /// <summary>3.8 live with extended thinking: a level is required, functions never block.</summary>
    public static ModelProfile ExtendedThinking38 { get; } = Live38 with
    {
        Name = "gemini-3.8-live-extended-thinking",
        Thinking = ThinkingRule.Required,
        AllowsBlocking = false,
        ReportsInteractionStatus = true,
    };

    /// <summary>3.5 live translation.</summary>
    public static ModelProfile LiveTranslate35 { get; } = new()
    {
        Name = "gemini-3.5-live-translate",
        AllowsAffectiveDialog = false,
        DefaultTurnCoverage = TurnCoverage.TurnIncludesAudioActivityAndAllVideo,
    };

    /// <summary>3.5 live transcription: audio to text.</summary>
    public static ModelProfile TranscribeLive35 { get; } = new()
    {
        Name = "gemini-3.5-transcribe-live",
        Modalities = [Modality.Text],
        Thinking = ThinkingRule.Refused,
        AllowsAffectiveDialog = false,
        DefaultTurnCoverage = TurnCoverage.TurnIncludesAudioActivityAndAllVideo,
    };

    /// <summary>The half-cascade models of 2.0 and 2.5: speech or text.</summary>
    public static ModelProfile HalfCascade { get; } = new()
    {
        Name = "gemini-half-cascade",
        Modalities = [Modality.Audio, Modality.Text],
        CompletesTurnAfterToolCall = true,
        ContextWindowTokens = 32_768,
    };

    /// <summary>A model that is not known: nothing is refused, speech or text.</summary>
    public static ModelProfile Permissive { get; } = new()
    {
        Name = "permissive",
        Modalities = [Modality.Audio, Modality.Text],
    };

    /// <summary>Rows are tried from the top; a named model is listed by <c>GET /v1beta/models</c>.</summary>
    internal static IReadOnlyList<KnownModel> Known { get; } =
    [
        new("gemini-3.8-live", Live38, "Gemini 3.8 Live"),
        new("gemini-3.8-live-extended-thinking", ExtendedThinking38, "Gemini 3.8 Live Extended Thinking"),
        new("gemini-3.8-live-extended-thinking*", ExtendedThinking38),
        new("gemini-3.8-live*", Live38),
        new("gemini-3.1-flash-live-preview", FlashLive31, "Gemini 3.1 Flash Live Preview"),
        new("gemini-3.1-*live*", FlashLive31),
        new("gemini-3.5-live-translate-preview", LiveTranslate35, "Gemini 3.5 Live Translate Preview"),
        new("gemini-3.5-live-translate*", LiveTranslate35),
        new("gemini-3.5-transcribe-live", TranscribeLive35, "Gemini 3.5 Transcribe Live"),
        new("gemini-3.5-transcribe-live*", TranscribeLive35),
        new("gemini-2.5-flash-native-audio-preview-12-2025", NativeAudio25, "Gemini 2.5 Flash Native Audio Preview 12-2025"),
        new("gemini-2.5-flash-native-audio-preview-09-2025", NativeAudio25, "Gemini 2.5 Flash Native Audio Preview 09-2025"),
        new("gemini-2.5-flash-native-audio-latest", NativeAudio25, "Gemini 2.5 Flash Native Audio Latest"),
        new("gemini-live-2.5-flash-native-audio", NativeAudio25, "Gemini Live 2.5 Flash Native Audio"),
        new("gemini-*2.5-*native-audio*", NativeAudio25),
        new("gemini-live-2.5-flash-preview", HalfCascade, "Gemini Live 2.5 Flash Preview"),
        new("gemini-2.0-flash-live-001", HalfCascade, "Gemini 2.0 Flash Live 001"),
        new("gemini-live-2.5-flash*", HalfCascade),
        new("gemini-2.0-flash*", HalfCascade),
    ];

    /// <summary>The profile of a public model by its id without <c>models/</c>, or the permissive one.</summary>
    public static ModelProfile Of(string modelId)
    {
        ArgumentNullException.ThrowIfNull(modelId);
        foreach (var known in Known)
        {
            if (ModelName.Fits(modelId, known.Pattern))
                return known.Profile;
        }
        return Permissive;
    }
}

/// <summary>Names of public models and their rules.</summary>
/// <param name="Pattern">Id, or a pattern of ids.</param>
/// <param name="Profile">The rules.</param>
/// <param name="DisplayName">Name for people, where it is a model of its own; null for a pattern.</param>
internal sealed record KnownModel(string Pattern, ModelProfile Profile, string? DisplayName = null);
