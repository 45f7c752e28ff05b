using System.Buffers.Binary;
using Concentus.Structs;
using Parley.Recording.Files;

namespace Parley.Recording.Tests.Support;

/// <summary>Reads Ogg as a player does, with a checksum of its own.</summary>
internal static class OggReader
{
    internal sealed record Page(byte Flags, long Granule, uint Serial, uint Sequence, List<byte[]> Packets);

    public static List<Page> Pages(ReadOnlySpan<byte> file)
    {
        List<Page> pages = [];
        while (!file.IsEmpty)
        {
            Assert.True(file.StartsWith("OggS"u8));
            var segments = file.Slice(OggPage.HeaderBytes, file[26]);
            var at = OggPage.HeaderBytes + segments.Length;
            List<byte[]> packets = [];
            List<byte> packet = [];
            foreach (var segment in segments)
            {
                packet.AddRange(file.Slice(at, segment));
                at += segment;
                if (segment == 255)
                    continue;
                packets.Add([.. packet]);
                packet.Clear();
            }
            Assert.Empty(packet);
            Assert.Equal(BinaryPrimitives.ReadUInt32LittleEndian(file[22..]), Crc(file[..at]));
            pages.Add(new Page(
                file[5], BinaryPrimitives.ReadInt64LittleEndian(file[6..]), BinaryPrimitives.ReadUInt32LittleEndian(file[14..]), BinaryPrimitives.ReadUInt32LittleEndian(file[18..]), packets));
            file = file[at..];
        }
        return pages;
    }

    public static int PreSkip(List<Page> pages) => BinaryPrimitives.ReadUInt16LittleEndian(pages[0].Packets[0].AsSpan(10));

    public static (short[] Left, short[] Right) Decode(ReadOnlySpan<byte> file)
    {
        var pages = Pages(file);
        Assert.True(pages[0].Packets[0].AsSpan().StartsWith("OpusHead"u8));
        Assert.True(pages[1].Packets[0].AsSpan().StartsWith("OpusTags"u8));
#pragma warning disable CS0618 // The factory would look for a native library.
        var decoder = new OpusDecoder(24_000, 2);
#pragma warning restore CS0618
        List<short> samples = [];
        var frame = new short[2 * 2_880];
        foreach (var packet in pages.Skip(2).SelectMany(static page => page.Packets))
            samples.AddRange(frame.AsSpan(0, 2 * decoder.Decode(packet, frame, 2_880, false)));
        var skip = PreSkip(pages) / 2;
        var count = (int)(pages[^1].Granule / 2) - skip;
        short[] left = [.. samples.Where(static (_, i) => i % 2 == 0).Skip(skip).Take(count)], right = [.. samples.Where(static (_, i) => i % 2 == 1).Skip(skip).Take(count)];
        return (left, right);
    }

    // Bit by bit, as RFC 3533 says.
    private static uint Crc(ReadOnlySpan<byte> page)
    {
        uint crc = 0;
        for (var i = 0; i < page.Length; i++)
        {
            crc ^= (uint)(i is >= 22 and < 26 ? 0 : page[i]) << 24;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 0x80000000) != 0 ? (crc << 1) ^ 0x04C11DB7 : crc << 1;
        }
        return crc;
    }
}
