using StbImageSharp;

namespace Parley.Server.Brains.Images;

internal enum ImageReading
{
    Read, TooLarge, Unreadable,
}

/// <summary>
/// Opens JPEG and PNG from strangers. The header is checked before anything is decoded, and <see cref="ImageGuard"/>
/// turns away the files whose decoding would cost far more than their pixels.
/// </summary>
internal static class ImageReader
{
    /// <summary>Pixels per side; a larger picture would cost more than 50 MB to open and tells this brain nothing more.</summary>
    public const int MaxSide = 4_096;

    public static ImageReading TryRead(ReadOnlyMemory<byte> data, out ImageFacts? facts)
    {
        facts = null;
        var bytes = data.ToArray();
        if (ImageGuard.FormatOf(bytes) == ImageFormat.Other)
        {
            return ImageReading.Unreadable;
        }

        try
        {
            using var header = new MemoryStream(bytes, writable: false);
            if (ImageInfo.FromStream(header) is not { Width: > 0, Height: > 0 } info)
            {
                return ImageReading.Unreadable;
            }

            if (info.Width > MaxSide || info.Height > MaxSide)
            {
                return ImageReading.TooLarge;
            }

            if (!ImageGuard.IsWorthDecoding(bytes, info.Width, info.Height))
            {
                return ImageReading.Unreadable;
            }

            var image = ImageResult.FromMemory(bytes, ColorComponents.RedGreenBlue);
            facts = ImageFacts.Measure(image.Data, image.Width, image.Height);
            return ImageReading.Read;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The decoder is a translation of C code and documents no exceptions: whatever a broken file makes it
            // throw means the same to us.
            return ImageReading.Unreadable;
        }
    }
}
