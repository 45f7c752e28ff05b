using Parley.Protocol;

namespace Parley.Server;

/// <summary>
/// Profiles of the public models. The data is shared with the client: <see cref="LiveModelProfiles.BuiltIn"/>.
/// </summary>
public static class ModelProfiles
{
    private static readonly Dictionary<string, LiveModelProfile> ByName =
        LiveModelProfiles.BuiltIn.All.ToDictionary(static profile => profile.Name, StringComparer.Ordinal);

    /// <summary>Native audio of the 2.5 family.</summary>
    public static LiveModelProfile NativeAudio25 => ByName["gemini-2.5-native-audio"];

    /// <summary>3.1 flash live: functions block.</summary>
    public static LiveModelProfile FlashLive31 => ByName["gemini-3.1-flash-live"];

    /// <summary>3.1 flash live before 2026-09-15: client content is initial history only.</summary>
    public static LiveModelProfile FlashLive31Spring { get; } = Of("gemini-3.1-flash-live-preview", day: new DateOnly(2026, 9, 14));

    /// <summary>3.8 live: no thinking settings, functions do not block by default.</summary>
    public static LiveModelProfile Live38 => ByName["gemini-3.8-live"];

    /// <summary>3.8 live with extended thinking: a level is required, functions never block.</summary>
    public static LiveModelProfile ExtendedThinking38 => ByName["gemini-3.8-live-extended-thinking"];

    /// <summary>3.5 live translation.</summary>
    public static LiveModelProfile LiveTranslate35 => ByName["gemini-3.5-live-translate"];

    /// <summary>3.5 live transcription: audio to text.</summary>
    public static LiveModelProfile TranscribeLive35 => ByName["gemini-3.5-transcribe-live"];

    /// <summary>The half-cascade models of 2.0 and 2.5: audio or text.</summary>
    public static LiveModelProfile HalfCascade => ByName["gemini-half-cascade"];

    /// <summary>Profile of unknown models: refuses nothing, answers in audio or text.</summary>
    public static LiveModelProfile Permissive { get; } = LiveModelProfiles.Unknown with { Name = "permissive" };

    /// <summary>The public models by id, those that were shut down too.</summary>
    internal static IReadOnlyDictionary<string, PublicModel> Public { get; } =
        LiveModelProfiles.BuiltIn.PublicModels.ToDictionary(static model => model.Id, StringComparer.Ordinal);

    /// <summary>The profile of a public model, or <see cref="Permissive"/>.</summary>
    /// <param name="modelId">Its id without <c>models/</c>.</param>
    /// <param name="service"><c>vertex</c> for the rules of Vertex; null (the default) = those of the Developer API.</param>
    /// <param name="day">Day whose rules are wanted; null (the default) = the newest.</param>
    public static LiveModelProfile Of(string modelId, string? service = null, DateOnly? day = null)
    {
        ArgumentNullException.ThrowIfNull(modelId);
        var profiles = day is { } on ? LiveModelProfiles.BuiltIn.On(on) : LiveModelProfiles.BuiltIn;
        var profile = profiles.Find(modelId, service);
        return ReferenceEquals(profile, LiveModelProfiles.Unknown) ? Permissive : profile;
    }
}
