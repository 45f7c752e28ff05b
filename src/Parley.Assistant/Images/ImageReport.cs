using Microsoft.Extensions.AI;
using Parley.Assistant.Languages;

namespace Parley.Assistant.Images;

/// <summary>Describes the measurements of an image, and its change since the one before, in sentences.</summary>
internal static class ImageReport
{
    // Mean difference in brightness: below the first it is noise; above the second, something large moved or the scene changed.
    private const double Noise = 3;
    private const double ClearChange = 20;

    /// <param name="images">The newest image, followed by the one before it, if any.</param>
    /// <param name="language">Language of the sentences.</param>
    public static string Describe(IReadOnlyList<DataContent> images, Language language)
    {
        var phrases = language.Phrases;
        if (images.Count == 0)
            return phrases.NoImage;
        var reading = ImageReader.TryRead(images[0].Data, out var facts);
        if (facts is null)
            return reading == ImageReading.TooLarge ? phrases.ImageTooLarge : phrases.ImageUnreadable;
        var seen = phrases.Image.With(
            facts.Width, facts.Height, Colours(facts, language.Vocabulary), language.Vocabulary.Brightness[(int)facts.Brightness]);
        return images.Count > 1 && ImageReader.TryRead(images[1].Data, out var before) == ImageReading.Read
            ? $"{seen} {Change(facts, before!, phrases)}"
            : seen;
    }

    /// <summary>Note in place of an image for a model that accepts none; in English, like all notes to models.</summary>
    public static string NoteFor(DataContent image)
    {
        var reading = ImageReader.TryRead(image.Data, out var facts);
        var vocabulary = English.Language.Vocabulary;
        return facts is not null
            ? $"[A picture, measured and not seen: {facts.Width} by {facts.Height} pixels, mostly {Colours(facts, vocabulary)}, "
                + $"{vocabulary.Brightness[(int)facts.Brightness]}]"
            : reading == ImageReading.TooLarge ? "[A picture that was too large to open]" : "[A picture that could not be read]";
    }

    private static string Colours(ImageFacts facts, Vocabulary vocabulary) =>
        vocabulary.List([.. facts.Colours.Select(colour => vocabulary.Colours[(int)colour])]);

    private static string Change(ImageFacts facts, ImageFacts before, Phrases phrases) => facts.DifferenceFrom(before) switch
    {
        < Noise => phrases.Unchanged,
        < ClearChange => phrases.ChangedLittle,
        _ => phrases.Changed,
    };
}
