using System.Globalization;
using System.Text;
using SkiaSharp;

namespace Parley.Assistant.Images;

internal enum ImageReading
{
    Read, TooLarge, Unreadable,
}

/// <summary>
/// Opens JPEG and PNG from strangers, nothing else. The header is checked before anything is decoded, and a large JPEG
/// is decoded to a small one where only its colours are wanted.
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

    /// <summary>Words are looked for in pictures whose longer side has this many pixels: letters of a page stay legible, the work stays bounded.</summary>
    private const int ReadingSide = 2_000;

    public static ImageReading TryRead(ReadOnlyMemory<byte> image, out ImageFacts? facts)
    {
        facts = null;
        var reading = TryOpen(image, static (width, height) => ImageFacts.SamplesPerSide / (float)Math.Min(width, height), out var bitmap, out var size);
        using (bitmap)
        {
            if (bitmap is not null)
            {
                facts = ImageFacts.Measure(bitmap.GetPixelSpan(), bitmap.Width, bitmap.Height) with { Width = size.Width, Height = size.Height };
            }
        }

        return reading;
    }

    /// <summary>The whole picture in grey, as a PGM file.</summary>
    public static ImageReading TryReadGrey(ReadOnlyMemory<byte> image, out byte[]? pgm)
    {
        pgm = null;
        var reading = TryOpen(image, static (_, _) => 1, out var bitmap, out _);
        using (bitmap)
        {
            if (bitmap is not null)
            {
                var factor = ReadingSide / (float)Math.Max(bitmap.Width, bitmap.Height);
                var (width, height) = ((int)Math.Max(1, bitmap.Width * Math.Min(2, factor)), (int)Math.Max(1, bitmap.Height * Math.Min(2, factor)));
                using var grey = bitmap.Resize(new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque), new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
                if (grey is null)
                {
                    return ImageReading.Unreadable;
                }

                pgm = Pgm(grey);
            }
        }

        return reading;
    }

    private static ImageReading TryOpen(ReadOnlyMemory<byte> image, Func<int, int, float> scale, out SKBitmap? bitmap, out (int Width, int Height) size)
    {
        (bitmap, size) = (null, default);
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

        size = (codec.Info.Width, codec.Info.Height);
        if (size.Width > MaxSide || size.Height > MaxSide)
        {
            return ImageReading.TooLarge;
        }

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
        {
            grey.GetPixelSpan().Slice(row * grey.RowBytes, grey.Width).CopyTo(file.AsSpan(head.Length + (row * grey.Width)));
        }

        return file;
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
