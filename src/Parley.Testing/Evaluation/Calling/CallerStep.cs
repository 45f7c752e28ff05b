using Parley.Audio;

namespace Parley.Testing.Evaluation.Calling;

/// <summary>A step of a simulated caller.</summary>
internal abstract record CallerStep;

/// <summary>Utters something.</summary>
/// <param name="Kind">What it is meant to be.</param>
/// <param name="Parts">Texts, recordings and pauses in order.</param>
/// <param name="Words">What is said; null = unknown or nothing.</param>
/// <param name="After">Time since the beginning of the answer; null = at once.</param>
internal sealed record UtterStep(UtteranceKind Kind, IReadOnlyList<SpokenPart> Parts, string? Words, TimeSpan? After) : CallerStep
{
    /// <summary>Change of the level.</summary>
    internal double LevelDb { get; init; }

    internal bool IsTurn => Kind is UtteranceKind.Turn or UtteranceKind.Interruption;
}

/// <summary>Says nothing.</summary>
internal sealed record WaitStep(TimeSpan Time) : CallerStep;

/// <summary>Waits for the end of the answer.</summary>
internal sealed record ListenStep(TimeSpan Most) : CallerStep
{
    internal static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);
}

/// <summary>A part of an utterance: a text to synthesize, a recording or a pause.</summary>
internal sealed record SpokenPart(string? Text, WavFile? Recording, TimeSpan Pause)
{
    internal static SpokenPart Of(string text) => new(text, null, default);

    internal static SpokenPart Of(WavFile recording)
    {
        ArgumentNullException.ThrowIfNull(recording);
        return new(null, recording, default);
    }

    internal static SpokenPart Of(TimeSpan pause) => new(null, null, pause);
}
