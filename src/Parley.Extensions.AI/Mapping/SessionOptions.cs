using Microsoft.Extensions.AI;

namespace Parley.Extensions.AI.Mapping;

/// <summary>Creates changed copies of session options, which are immutable.</summary>
internal static class SessionOptions
{
    /// <summary>The old options, overridden by the new ones.</summary>
    internal static RealtimeSessionOptions Merge(RealtimeSessionOptions? old, RealtimeSessionOptions update) => new()
    {
        SessionKind = update.SessionKind,
        Model = update.Model ?? old?.Model,
        InputAudioFormat = update.InputAudioFormat ?? old?.InputAudioFormat,
        OutputAudioFormat = update.OutputAudioFormat ?? old?.OutputAudioFormat,
        TranscriptionOptions = update.TranscriptionOptions ?? old?.TranscriptionOptions,
        Voice = update.Voice ?? old?.Voice,
        Instructions = update.Instructions ?? old?.Instructions,
        MaxOutputTokens = update.MaxOutputTokens ?? old?.MaxOutputTokens,
        OutputModalities = update.OutputModalities ?? old?.OutputModalities,
        ToolMode = update.ToolMode ?? old?.ToolMode,
        Tools = update.Tools ?? old?.Tools,
        VoiceActivityDetection = update.VoiceActivityDetection ?? old?.VoiceActivityDetection,
        RawRepresentationFactory = update.RawRepresentationFactory ?? old?.RawRepresentationFactory,
    };

    /// <summary>The same options with another factory.</summary>
    internal static RealtimeSessionOptions WithFactory(RealtimeSessionOptions? options, Func<object?> factory) =>
        Merge(options, new RealtimeSessionOptions { SessionKind = options?.SessionKind ?? RealtimeSessionKind.Conversation, RawRepresentationFactory = factory });

    /// <exception cref="NotSupportedException">The update changes more than instructions and tools.</exception>
    internal static void RefuseChange(RealtimeSessionOptions? old, RealtimeSessionOptions update)
    {
        var changed =
            update.SessionKind != (old?.SessionKind ?? RealtimeSessionKind.Conversation) ? nameof(update.SessionKind)
            : Differs(update.Model, old?.Model) ? nameof(update.Model)
            : Differs(update.Voice, old?.Voice) ? nameof(update.Voice)
            : Differs(update.MaxOutputTokens, old?.MaxOutputTokens) ? nameof(update.MaxOutputTokens)
            : Differs(update.ToolMode, old?.ToolMode) ? nameof(update.ToolMode)
            : Differs(update.InputAudioFormat, old?.InputAudioFormat) ? nameof(update.InputAudioFormat)
            : Differs(update.OutputAudioFormat, old?.OutputAudioFormat) ? nameof(update.OutputAudioFormat)
            : Differs(update.TranscriptionOptions, old?.TranscriptionOptions) ? nameof(update.TranscriptionOptions)
            : Differs(update.VoiceActivityDetection, old?.VoiceActivityDetection) ? nameof(update.VoiceActivityDetection)
            : update.OutputModalities is { } modalities && !modalities.SequenceEqual(old?.OutputModalities ?? []) ? nameof(update.OutputModalities)
            : null;
        if (changed is not null)
            throw new NotSupportedException($"A Live session can change its instructions and its tools, not {changed}. Open another session.");
    }

    private static bool Differs(object? update, object? old) => update is not null && !update.Equals(old);
}
