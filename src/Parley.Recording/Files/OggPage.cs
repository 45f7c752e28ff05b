using System.Buffers.Binary;

namespace Parley.Recording.Files;

/// <summary>Pages of an Ogg stream (<see href="https://www.rfc-editor.org/rfc/rfc3533">RFC 3533</see>).</summary>
internal static class OggPage
{
    internal const int HeaderBytes = 27, MaxSegments = 255;

    internal const byte FirstPage = 2, LastPage = 4;

    private const int FlagsAt = 5, CrcAt = 22, SegmentsAt = 26;

    private static readonly uint[] Table = CreateTable();

    /// <summary>Writes a page of whole packets.</summary>
    internal static void Write(Stream stream, uint serial, uint sequence, long granule, byte flags, ReadOnlySpan<byte> segments, ReadOnlySpan<byte> data)
    {
        var page = new byte[HeaderBytes + segments.Length + data.Length];
        "OggS"u8.CopyTo(page);
        page[FlagsAt] = flags;
        BinaryPrimitives.WriteInt64LittleEndian(page.AsSpan(6), granule);
        BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(14), serial);
        BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(18), sequence);
        page[SegmentsAt] = (byte)segments.Length;
        segments.CopyTo(page.AsSpan(HeaderBytes));
        data.CopyTo(page.AsSpan(HeaderBytes + segments.Length));
        BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(CrcAt), Crc(page));
        stream.Write(page);
    }

    /// <summary>Length of the whole page at the beginning of a span; 0 if there is none.</summary>
    internal static int LengthOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes || !bytes.StartsWith("OggS"u8))
            return 0;
        var length = HeaderBytes + bytes[SegmentsAt];
        if (bytes.Length < length)
            return 0;
        foreach (var segment in bytes.Slice(HeaderBytes, bytes[SegmentsAt]))
            length += segment;
        return length <= bytes.Length && IsIntact(bytes[..length]) ? length : 0;
    }

    /// <summary>Marks a page as the last one.</summary>
    internal static void MarkLast(Span<byte> page)
    {
        page[FlagsAt] |= LastPage;
        BinaryPrimitives.WriteUInt32LittleEndian(page[CrcAt..], 0);
        BinaryPrimitives.WriteUInt32LittleEndian(page[CrcAt..], Crc(page));
    }

    internal static long GranuleOf(ReadOnlySpan<byte> page) => BinaryPrimitives.ReadInt64LittleEndian(page[6..]);

    /// <summary>Appends the lacing values of a packet.</summary>
    internal static void AddSegments(List<byte> segments, int packetBytes)
    {
        for (; packetBytes >= MaxSegments; packetBytes -= MaxSegments)
            segments.Add(MaxSegments);
        segments.Add((byte)packetBytes);
    }

    private static bool IsIntact(ReadOnlySpan<byte> page)
    {
        var copy = page.ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(copy.AsSpan(CrcAt), 0);
        return Crc(copy) == BinaryPrimitives.ReadUInt32LittleEndian(page[CrcAt..]);
    }

    // Not reflected, no inversion: other than the CRC-32 of .NET.
    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = 0;
        foreach (var value in bytes)
            crc = (crc << 8) ^ Table[(crc >> 24) ^ value];
        return crc;
    }

    private static uint[] CreateTable()
    {
        const uint Polynomial = 0x04C11DB7;
        var table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            var value = i << 24;
            for (var bit = 0; bit < 8; bit++)
                value = (value & 0x80000000) != 0 ? (value << 1) ^ Polynomial : value << 1;
            table[i] = value;
        }
        return table;
    }
}
