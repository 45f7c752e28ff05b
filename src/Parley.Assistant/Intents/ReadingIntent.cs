using Microsoft.Extensions.AI;
using Parley.Assistant.Images;
using Parley.Assistant.Languages;
using Parley.Assistant.Rules;

namespace Parley.Assistant.Intents;

/// <summary>"What does it say?": reads the text in the last image aloud. "Read" alone counts if an image came with it.</summary>
internal static class ReadingIntent
{
    private static readonly string[] Verbs = ["read", "lies", "lis", "lee", "przeczytaj"];

    /// <summary>About a minute of speech.</summary>
    private const int MaxLength = 900;

    /// <summary>The image whose text is asked for; null if there is no image or its text is not asked for.</summary>
    public static DataContent? PictureToRead(TurnContext turn) => Asks(turn) ? turn.Tail.LastImage() : null;

    public static string? Answer(TurnContext turn)
    {
        if (!Asks(turn))
            return null;
        var phrases = turn.Phrases;
        return turn.Tail.LastImage() is null ? phrases.NoImage : turn.Reading switch
        {
            { State: PictureTextState.Found, Text: var text } => phrases.Read.With(Utterance.Abbreviate(Utterance.Clean(text), MaxLength)),
            { State: PictureTextState.Nothing } => phrases.ReadNothing,
            { State: PictureTextState.Unreadable } => phrases.ImageUnreadable,
            { State: PictureTextState.TooLarge } => phrases.ImageTooLarge,
            _ => phrases.NoReader,
        };
    }

    private static bool Asks(TurnContext turn) =>
        turn.Heard.HasAny(turn.Language.Listen(triggers => triggers.Read)) || (turn.Tail.HasFreshImage && turn.Heard.HasAny(Verbs));
}
