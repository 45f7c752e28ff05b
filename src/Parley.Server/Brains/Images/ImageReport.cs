using Microsoft.Extensions.AI;
using Parley.Server.Brains.Languages;

namespace Parley.Server.Brains.Images;

/// <summary>Puts what was measured of a picture into a sentence.</summary>
internal static class ImageReport
{
    public static string Describe(DataContent? image, Language language)
    {
        var phrases = language.Phrases;
        if (image is null)
        {
            return phrases.NoImage;
        }

        var reading = ImageReader.TryRead(image.Data, out var facts);
        if (facts is null)
        {
            return reading == ImageReading.TooLarge ? phrases.ImageTooLarge : phrases.ImageUnreadable;
        }

        var vocabulary = language.Vocabulary;
        var colours = facts.Colours.Select(colour => vocabulary.Colours[(int)colour]).ToArray();
        return phrases.Image.With(
            facts.Width, facts.Height, vocabulary.List(colours), vocabulary.Brightness[(int)facts.Brightness]);
    }
}
