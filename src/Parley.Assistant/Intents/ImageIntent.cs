using Parley.Assistant.Images;
using Parley.Assistant.Rules;

namespace Parley.Assistant.Intents;

/// <summary>"What do you see?": describes the last image. "What is this?" counts if an image came with it.</summary>
internal static class ImageIntent
{
    private static readonly string[] Pointing =
    [
        "this", "that", "describe", "here", "das", "dies", "ça", "cela", "esto", "eso", "to", "see", "look",
    ];

    public static string? Answer(TurnContext turn)
    {
        var asks = turn.Heard.HasAny(turn.Language.Listen(triggers => triggers.Image))
            || (turn.Tail.HasFreshImage && turn.Heard.HasAny(Pointing));
        return asks ? ImageReport.Describe(turn.Tail.LastImages(), turn.Language) : null;
    }
}
