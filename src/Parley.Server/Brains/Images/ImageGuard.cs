using System.Buffers.Binary;
using System.IO.Compression;

namespace Parley.Server.Brains.Images;

internal enum ImageFormat
{
    Other, Jpeg, Png,
}

/// <summary>
/// Finds files made to be expensive: a PNG whose compressed data unpacks to far more than its pixels, and a JPEG with
/// hundreds of scans over the whole picture. Both fit into one small message.
/// </summary>
internal static class ImageGuard
{
    /// <summary>Progressive encoders write about ten scans; each one may cost a pass over all pixels.</summary>
    private const int MaxScans = 64;

    private const int MaxBytesPerPixel = 8;

    public static ImageFormat FormatOf(ReadOnlySpan<byte> data) =>
        data.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) ? ImageFormat.Png
        : data.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? ImageFormat.Jpeg
        : ImageFormat.Other;

    public static bool IsWorthDecoding(byte[] data, int width, int height) => FormatOf(data) switch
    {
        ImageFormat.Jpeg => data.AsSpan().Count((ReadOnlySpan<byte>)[0xFF, 0xDA]) <= MaxScans,
        ImageFormat.Png => UnpackedSizeFits(data, width, height),
        _ => false,
    };

    private static bool UnpackedSizeFits(byte[] data, int width, int height)
    {
        using var packed = new MemoryStream();
        for (var offset = 8; offset + 12 <= data.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(data.AsSpan(offset));
            if (length > data.Length - offset - 12)
            {
                return false;
            }

            if (data.AsSpan(offset + 4, 4).SequenceEqual("IDAT"u8))
            {
                packed.Write(data, offset + 8, (int)length);
            }

            offset += (int)length + 12;
        }

        packed.Position = 0;

        // One filter byte per row; interlacing has seven passes with rows of their own.
        var limit = ((long)width * height * MaxBytesPerPixel) + (2L * height) + 64;
        using var unpacked = new ZLibStream(packed, CompressionMode.Decompress);
        var buffer = new byte[16_384];
        for (int read; (read = unpacked.Read(buffer)) > 0;)
        {
            limit -= read;
            if (limit < 0)
            {
                return false;
            }
        }

        return true;
    }
}
