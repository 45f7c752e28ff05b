using System.Runtime.InteropServices;
using System.Text;

namespace Parley.Speech.Synthesis.Neural;

/// <summary>One piece of speech for a network: phonemes as numbers, and how to speak them. Its number tells it from other requests.</summary>
/// <param name="Number">Unique for one engine.</param>
/// <param name="Ids">The phonemes.</param>
/// <param name="Values">For Piper noise scale, length scale and width of the durations; for Kokoro the style of the voice.</param>
/// <param name="Speaker">The speaker of a Piper voice with several; -1 for none.</param>
/// <param name="Speed">The speed for Kokoro; 1 is the voice's own.</param>
internal sealed record VoiceRequest(int Number, long[] Ids, float[] Values, int Speaker = -1, float Speed = 1)
{
    public byte[] ToBytes()
    {
        using var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes, Encoding.UTF8))
        {
            writer.Write(Number);
            writer.Write(Speaker);
            writer.Write(Speed);
            writer.Write(Ids.Length);
            writer.Write(Values.Length);
            writer.Write(MemoryMarshal.AsBytes(Ids.AsSpan()));
            writer.Write(MemoryMarshal.AsBytes(Values.AsSpan()));
        }
        return bytes.ToArray();
    }

    public static VoiceRequest From(ReadOnlySpan<byte> content)
    {
        using var reader = new BinaryReader(new MemoryStream(content.ToArray()), Encoding.UTF8);
        var (number, speaker, speed) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadSingle());
        var (ids, values) = (new long[reader.ReadInt32()], new float[reader.ReadInt32()]);
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(ids.AsSpan()));
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return new(number, ids, values, speaker, speed);
    }
}
