using System.Globalization;
using System.Text;
using SkiaSharp;

namespace Parley.Assistant.Images;

internal enum ImageReading
{
    Read, TooLarge, Unreadable,
}

/// <summary>
/// Decodes untrusted JPEG and PNG images, and no other format. The header is checked before anything is decoded, and a large JPEG is
/// decoded at a smaller scale if only its colours are needed.
/// </summary>
internal static class ImageReader
{
    /// <summary>
    /// Most pixels per side. Decoding an image of this size takes up to 130 MB; a larger one gives no better measurements.
    /// </summary>
    public const int MaxSide = 4_096;

    /// <summary>
    /// Most scans of a JPEG and most compressed texts of a PNG. A scan may cost a pass over all pixels, and a text may decompress to 8 MB,
    /// even if they have few bytes. Encoders write about ten scans; a file with more than this is rejected.
    /// </summary>
    private const int MaxCostlyParts = 24;

    /// <summary>Longer side, in pixels, of the image passed to the text reader: a page stays legible and the work is limited.</summary>
    private const int ReadingSide = 2_000;

    public static ImageReading TryRead(ReadOnlyMemory<byte> image, out ImageFacts? facts)
    {
        facts = null;
        var reading = TryOpen(
            image, static (width, height) => ImageFacts.SamplesPerSide / (float)Math.Min(width, height), out var bitmap, out var size);
        using (bitmap)
        {
            if (bitmap is not null)
                facts = ImageFacts.Measure(bitmap.GetPixelSpan(), bitmap.Width, bitmap.Height)
                    with { Width = size.Width, Height = size.Height };
        }
        return reading;
    }

    /// <summary>Converts the whole image to grey, as a PGM file.</summary>
    public static ImageReading TryReadGrey(ReadOnlyMemory<byte> image, out byte[]? pgm)
    {
        pgm = null;
        var reading = TryOpen(image, static (_, _) => 1, out var bitmap, out _);
        using (bitmap)
        {
            if (bitmap is not null)
            {
                var scale = Math.Min(2, ReadingSide / (float)Math.Max(bitmap.Width, bitmap.Height));
                var (width, height) = ((int)Math.Max(1, bitmap.Width * scale), (int)Math.Max(1, bitmap.Height * scale));
                using var grey = bitmap.Resize(
                    new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque),
                    new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
                if (grey is null)
                    return ImageReading.Unreadable;
                pgm = Pgm(grey);
            }
        }
        return reading;
    }

    private static ImageReading TryOpen(
        ReadOnlyMemory<byte> image, Func<int, int, float> scale, out SKBitmap? bitmap, out (int Width, int Height) size)
    {
        (bitmap, size) = (null, default);
        if (!IsSafeToDecode(image.Span))
            return ImageReading.Unreadable;
        using var data = SKData.CreateCopy(image.Span);
        using var codec = SKCodec.Create(data);
        if (codec is null)
            return ImageReading.Unreadable;
        size = (codec.Info.Width, codec.Info.Height);
        if (size.Width > MaxSide || size.Height > MaxSide)
            return ImageReading.TooLarge;
        var scaled = codec.GetScaledDimensions(Math.Min(1, scale(size.Width, size.Height)));
        var opened = new SKBitmap(new SKImageInfo(scaled.Width, scaled.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        if (codec.GetPixels(opened.Info, opened.GetPixels()) != SKCodecResult.Success)
        {
            opened.Dispose();
            return ImageReading.Unreadable;
        }
        bitmap = opened;
        return ImageReading.Read;
    }

    private static byte[] Pgm(SKBitmap grey)
    {
        var head = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"P5\n{grey.Width} {grey.Height}\n255\n"));
        var file = new byte[head.Length + (grey.Width * grey.Height)];
        head.CopyTo(file, 0);
        for (var row = 0; row < grey.Height; row++)
            grey.GetPixelSpan().Slice(row * grey.RowBytes, grey.Width).CopyTo(file.AsSpan(head.Length + (row * grey.Width)));
        return file;
    }

    private static bool IsSafeToDecode(ReadOnlySpan<byte> image)
    {
        if (image.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
            return image.Count((ReadOnlySpan<byte>)[0xFF, 0xDA]) <= MaxCostlyParts;
        return image.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
            && image.Count("zTXt"u8) + image.Count("iTXt"u8) <= MaxCostlyParts;
    }
}
