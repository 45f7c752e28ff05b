using Parley.Assistant.Images;
using Parley.Assistant.Languages;
using Parley.Assistant.Rules;
using Parley.Cascade.Answering;

namespace Parley.Assistant.Intents;

/// <summary>"What do you see?": measures the last picture. "What is this?" counts when a picture came with it.</summary>
internal static class ImageIntent
{
    private static readonly string[] Pointing = ["this", "that", "describe", "here", "das", "dies", "ça", "cela", "esto", "eso", "to", "see", "look"];

    public static string? Answer(RuleTurn turn)
    {
        var asks = turn.Heard.HasAny(turn.Language.Listen(triggers => triggers.Image))
            || (turn.Tail.HasFreshImage && turn.Heard.HasAny(Pointing));
        return asks ? ImageReport.Describe(turn.Tail.LastImages(), turn.Language) : null;
    }
}
