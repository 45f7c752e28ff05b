using Parley.Protocol;
using Parley.Server.Models;

namespace Parley.Server;

/// <summary>
/// Profiles of the public models. The data is shared with the client: <see cref="LiveModelProfiles.BuiltIn"/>.
/// </summary>
public static class ModelProfiles
{
    private static readonly Dictionary<string, ModelProfile> ByName =
        LiveModelProfiles.BuiltIn.All.ToDictionary(static data => data.Name, ModelProfile.From, StringComparer.Ordinal);

    /// <summary>Native audio of the 2.5 family.</summary>
    public static ModelProfile NativeAudio25 => ByName["gemini-2.5-native-audio"];

    /// <summary>3.1 flash live: functions block, client content is initial history only.</summary>
    public static ModelProfile FlashLive31 => ByName["gemini-3.1-flash-live"];

    /// <summary>3.8 live: no thinking settings, functions do not block by default.</summary>
    public static ModelProfile Live38 => ByName["gemini-3.8-live"];

    /// <summary>3.8 live with extended thinking: a level is required, functions never block.</summary>
    public static ModelProfile ExtendedThinking38 => ByName["gemini-3.8-live-extended-thinking"];

    /// <summary>3.5 live translation.</summary>
    public static ModelProfile LiveTranslate35 => ByName["gemini-3.5-live-translate"];

    /// <summary>3.5 live transcription: audio to text.</summary>
    public static ModelProfile TranscribeLive35 => ByName["gemini-3.5-transcribe-live"];

    /// <summary>The half-cascade models of 2.0 and 2.5: audio or text.</summary>
    public static ModelProfile HalfCascade => ByName["gemini-half-cascade"];

    /// <summary>Profile of unknown models: refuses nothing, answers in audio or text.</summary>
    public static ModelProfile Permissive { get; } = ModelProfile.From(LiveModelProfiles.Unknown) with { Name = "permissive" };

    /// <summary>The named models, which <c>GET /v1beta/models</c> lists, then the patterns of their families.</summary>
    internal static IReadOnlyList<KnownModel> Known { get; } =
    [
        .. LiveModelProfiles.BuiltIn.PublicModels.Select(static model => new KnownModel(model.Key, Of(model.Key), model.Value)),
        .. LiveModelProfiles.BuiltIn.All.SelectMany(static data => data.Models.Select(pattern => new KnownModel(pattern, ByName[data.Name]))),
    ];

    /// <summary>The profile of a public model by its id without <c>models/</c>, or <see cref="Permissive"/>.</summary>
    public static ModelProfile Of(string modelId)
    {
        ArgumentNullException.ThrowIfNull(modelId);
        return ByName.GetValueOrDefault(LiveModelProfiles.BuiltIn.Find(modelId).Name, Permissive);
    }
}
