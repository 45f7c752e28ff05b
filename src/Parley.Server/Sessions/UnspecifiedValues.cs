using Parley.Protocol;

namespace Parley.Server.Sessions;

/// <summary>Removes <c>…_UNSPECIFIED</c> values, which some clients send instead of omitting a member, so that models see one form only.</summary>
internal static class UnspecifiedValues
{
    internal static Setup Without(Setup setup) => setup with
    {
        GenerationConfig = setup.GenerationConfig is { } generation ? Without(generation) : null,
        RealtimeInputConfig = setup.RealtimeInputConfig is { } input ? Without(input) : null,
        Tools = setup.Tools is { } tools ? [.. tools.Select(Without)] : null,
        InputAudioTranscription = setup.InputAudioTranscription is { } transcribesInput ? Without(transcribesInput) : null,
        OutputAudioTranscription = setup.OutputAudioTranscription is { } transcribesOutput ? Without(transcribesOutput) : null,
    };

    internal static Tool Without(Tool tool) => tool.FunctionDeclarations is not { } functions || !functions.Any(static f => f.Behavior == Behavior.Unspecified)
        ? tool
        : tool with { FunctionDeclarations = [.. functions.Select(static f => f with { Behavior = Specified(f.Behavior, Behavior.Unspecified) })] };

    private static GenerationConfig Without(GenerationConfig generation)
    {
        var thinking = generation.ThinkingConfig;
        // {"thinkingLevel":"THINKING_LEVEL_UNSPECIFIED"} is equivalent to no thinkingConfig.
        if (thinking is { ThinkingBudget: null, IncludeThoughts: not true } && thinking.ThinkingLevel == ThinkingLevel.Unspecified)
            thinking = null;
        return generation with
        {
            MediaResolution = Specified(generation.MediaResolution, MediaResolution.Unspecified),
            ThinkingConfig = thinking is null ? null : thinking with { ThinkingLevel = Specified(thinking.ThinkingLevel, ThinkingLevel.Unspecified) },
        };
    }

    private static RealtimeInputConfig Without(RealtimeInputConfig input) => input with
    {
        ActivityHandling = Specified(input.ActivityHandling, ActivityHandling.Unspecified),
        TurnCoverage = Specified(input.TurnCoverage, TurnCoverage.Unspecified),
        AutomaticActivityDetection = input.AutomaticActivityDetection is not { } detection ? null : detection with
        {
            StartOfSpeechSensitivity = Specified(detection.StartOfSpeechSensitivity, StartSensitivity.Unspecified),
            EndOfSpeechSensitivity = Specified(detection.EndOfSpeechSensitivity, EndSensitivity.Unspecified),
        },
    };

    private static AudioTranscriptionConfig Without(AudioTranscriptionConfig transcription) =>
        transcription.Mode == TranscriptionMode.Unspecified ? transcription with { Mode = null } : transcription;

    private static T? Specified<T>(T? value, T unspecified)
        where T : struct, IEquatable<T> => value is { } given && !given.Equals(unspecified) ? value : null;
}
