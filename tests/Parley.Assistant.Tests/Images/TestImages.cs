using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Parley.Assistant.Tests.Images;

/// <summary>Makes small PNG and JPEG files.</summary>
internal static class TestImages
{
    public static byte[] Png(int width, int height, Func<int, int, (byte R, byte G, byte B)> pixel)
    {
        var rows = new MemoryStream();
        for (var y = 0; y < height; y++)
        {
            rows.WriteByte(0);
            for (var x = 0; x < width; x++)
            {
                var (red, green, blue) = pixel(x, y);
                rows.Write([red, green, blue]);
            }
        }
        return Png(width, height, rows.ToArray());
    }

    /// <summary>A PNG with the given size in its header and any content, which need not match.</summary>
    public static byte[] Png(int width, int height, byte[] content)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (8, 2);
        var file = new MemoryStream();
        file.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        Chunk(file, "IHDR"u8, header);
        Chunk(file, "IDAT"u8, Compressed(content));
        Chunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    /// <summary>A green PNG with the same compressed text chunk many times.</summary>
    public static byte[] PngWithTexts(int count, string type, string head, byte[] text)
    {
        var png = Png(4, 4, (_, _) => (20, 200, 40));
        var chunk = new MemoryStream();
        Chunk(chunk, Encoding.ASCII.GetBytes(type), [.. Encoding.ASCII.GetBytes(head), .. Compressed(text)]);

        // After the first chunk, which is the header.
        return [.. png[..33], .. Enumerable.Repeat(chunk.ToArray(), count).SelectMany(bytes => bytes), .. png[33..]];
    }

    /// <summary>A grey baseline JPEG of whole blocks: only the first block's mean is coded, the others repeat it.</summary>
    public static byte[] Jpeg(int blocksWide, int blocksHigh, byte grey)
    {
        var file = new MemoryStream();
        file.Write([0xFF, 0xD8, 0xFF, 0xDB, 0, 67, 0]);
        file.Write(Enumerable.Repeat((byte)1, 64).ToArray());
        file.Write([0xFF, 0xC0, 0, 11, 8, 0, (byte)(blocksHigh * 8), 0, (byte)(blocksWide * 8), 1, 1, 0x11, 0]);

        // Twelve sizes of a mean, four bits each; and one code for "no detail", one bit.
        file.Write([0xFF, 0xC4, 0, 31, 0x00, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
        file.Write([0xFF, 0xC4, 0, 20, 0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        file.Write([0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0]);

        var bits = new List<bool>();
        for (var block = 0; block < blocksWide * blocksHigh; block++)
        {
            var mean = block == 0 ? 8 * (grey - 128) : 0;
            var size = 32 - int.LeadingZeroCount(Math.Abs(mean));
            AddBits(bits, size, 4);
            AddBits(bits, mean >= 0 ? mean : mean + (1 << size) - 1, size);
            AddBits(bits, 0, 1);
        }
        while (bits.Count % 8 != 0)
            bits.Add(true);
        foreach (var chunk in bits.Chunk(8))
        {
            var value = (byte)chunk.Aggregate(0, (sum, bit) => (sum << 1) | (bit ? 1 : 0));
            file.Write(value == 0xFF ? [0xFF, 0] : [value]);
        }
        file.Write([0xFF, 0xD9]);
        return file.ToArray();
    }

    private static void AddBits(List<bool> bits, int value, int count)
    {
        for (var i = count - 1; i >= 0; i--)
            bits.Add(((value >> i) & 1) == 1);
    }

    private static byte[] Compressed(byte[] content)
    {
        var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            zlib.Write(content);
        return packed.ToArray();
    }

    private static void Chunk(MemoryStream file, ReadOnlySpan<byte> type, byte[] data)
    {
        var number = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        byte[] body = [.. type, .. data];
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(body));
        file.Write(number);
    }

    private static uint Crc(byte[] data)
    {
        var crc = 0xFFFFFFFF;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }
        return ~crc;
    }
}
