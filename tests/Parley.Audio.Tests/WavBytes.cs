using System.Text;

namespace Parley.Audio.Tests;

/// <summary>WAV files of every kind, as other programs write them.</summary>
internal static class WavBytes
{
    public const int PcmTag = 1, Float = 3, ALaw = 6, MuLaw = 7, Extensible = 0xFFFE;

    public static readonly (int Tag, int Bits)[] Encodings =
        [(PcmTag, 8), (PcmTag, 16), (PcmTag, 20), (PcmTag, 24), (PcmTag, 32), (Float, 32), (Float, 64), (ALaw, 8), (MuLaw, 8)];

    public static byte[] Riff(byte[] chunks, string id = "RIFF", uint? length = null) =>
        [.. Encoding.ASCII.GetBytes(id), .. BitConverter.GetBytes(length ?? (uint)(chunks.Length + 4)), .. "WAVE"u8, .. chunks];

    public static byte[] Chunk(string id, byte[] body, uint? length = null) =>
        [.. Encoding.ASCII.GetBytes(id), .. BitConverter.GetBytes(length ?? (uint)body.Length), .. body, .. new byte[body.Length & 1]];

    public static byte[] Fmt(int tag, int channels, int rate, int bits, byte[]? extension = null)
    {
        var frame = channels * ((bits + 7) / 8);
        return Chunk("fmt ",
        [
            .. BitConverter.GetBytes((ushort)tag), .. BitConverter.GetBytes((ushort)channels), .. BitConverter.GetBytes(rate),
            .. BitConverter.GetBytes(rate * frame), .. BitConverter.GetBytes((ushort)frame), .. BitConverter.GetBytes((ushort)bits), .. extension ?? [],
        ]);
    }

    public static byte[] ExtensibleFmt(int tag, int channels, int rate, int bits) => Fmt(Extensible, channels, rate, bits,
        [22, 0, (byte)bits, 0, 4, 0, 0, 0, (byte)tag, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]);

    /// <summary>A sample that every encoding holds exactly: eight bits of it, left-justified.</summary>
    public static short Holdable(int tag, short sample) => tag switch
    {
        ALaw => ALawValues[sample & 0x7],
        MuLaw => MuLawValues[sample & 0x7],
        _ => (short)(sample & ~0xFF),
    };

    public static byte[] Sample(int tag, int bits, short sample) => (tag, bits) switch
    {
        (PcmTag, 8) => [(byte)((sample >> 8) + 128)],
        (PcmTag, 16) => BitConverter.GetBytes(sample),
        (PcmTag, 20 or 24) => [0, (byte)sample, (byte)(sample >> 8)],
        (PcmTag, _) => BitConverter.GetBytes(sample << 16),
        (Float, 32) => BitConverter.GetBytes(sample / 32_768f),
        (Float, _) => BitConverter.GetBytes(sample / 32_768.0),
        (ALaw, _) => [ALawCodes[Array.IndexOf(ALawValues, sample)]],
        _ => [MuLawCodes[Array.IndexOf(MuLawValues, sample)]],
    };

    // From the tables of G.711, scaled to 16 bits.
    private static readonly byte[] ALawCodes = [0xD5, 0x55, 0xAA, 0x2A, 0x80, 0x00, 0xC5, 0x9A];
    private static readonly short[] ALawValues = [8, -8, 32_256, -32_256, 5_504, -5_504, 264, 4_032];
    private static readonly byte[] MuLawCodes = [0xFF, 0x00, 0x80, 0xFE, 0x7E, 0xF0, 0x70, 0xEF];
    private static readonly short[] MuLawValues = [0, -32_124, 32_124, 8, -8, 120, -120, 132];
}
