using SkiaSharp;

namespace Parley.Server.Brains.Images;

internal enum ImageReading
{
    Read, TooLarge, Unreadable,
}

/// <summary>
/// Opens JPEG and PNG from strangers, nothing else. The header is checked before anything is decoded, and a large JPEG
/// is decoded to a small one, because only its colours are wanted.
/// </summary>
internal static class ImageReader
{
    /// <summary>Pixels per side; opening a picture of this size takes up to 130 MB for a moment, and a larger one tells this brain nothing more.</summary>
    public const int MaxSide = 4_096;

    /// <summary>
    /// Scans of a JPEG, compressed texts of a PNG. A scan may cost a pass over all pixels and a text 8 MB of unpacking,
    /// however few bytes they have. Encoders write about ten scans; a file with more than this is not opened.
    /// </summary>
    private const int MaxCostlyParts = 24;

    public static ImageReading TryRead(ReadOnlyMemory<byte> image, out ImageFacts? facts)
    {
        facts = null;
        if (!IsWorthOpening(image.Span))
        {
            return ImageReading.Unreadable;
        }

        using var data = SKData.CreateCopy(image.Span);
        using var codec = SKCodec.Create(data);
        if (codec is null)
        {
            return ImageReading.Unreadable;
        }

        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if (width > MaxSide || height > MaxSide)
        {
            return ImageReading.TooLarge;
        }

        var size = codec.GetScaledDimensions(Math.Min(1, ImageFacts.SamplesPerSide / (float)Math.Min(width, height)));
        using var bitmap = new SKBitmap(new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        if (codec.GetPixels(bitmap.Info, bitmap.GetPixels()) != SKCodecResult.Success)
        {
            return ImageReading.Unreadable;
        }

        facts = ImageFacts.Measure(bitmap.GetPixelSpan(), size.Width, size.Height) with { Width = width, Height = height };
        return ImageReading.Read;
    }

    private static bool IsWorthOpening(ReadOnlySpan<byte> image)
    {
        if (image.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
        {
            return image.Count((ReadOnlySpan<byte>)[0xFF, 0xDA]) <= MaxCostlyParts;
        }

        return image.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
            && image.Count("zTXt"u8) + image.Count("iTXt"u8) <= MaxCostlyParts;
    }
}
