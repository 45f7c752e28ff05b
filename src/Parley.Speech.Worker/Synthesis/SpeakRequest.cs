using System.Text;

namespace Parley.Speech.Worker.Synthesis;

/// <summary>A short text to speak; see <see cref="ISpeaker.Speak"/>. Its number tells it from other texts.</summary>
internal readonly record struct SpeakRequest(int Number, string Text, string BaseVoice, float Stretch, float Pitch)
{
    public byte[] ToBytes()
    {
        using var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes, Encoding.UTF8))
        {
            writer.Write(Number);
            writer.Write(Text);
            writer.Write(BaseVoice);
            writer.Write(Stretch);
            writer.Write(Pitch);
        }
        return bytes.ToArray();
    }

    public static SpeakRequest From(ReadOnlySpan<byte> content)
    {
        using var reader = new BinaryReader(new MemoryStream(content.ToArray()), Encoding.UTF8);
        return new(reader.ReadInt32(), reader.ReadString(), reader.ReadString(), reader.ReadSingle(), reader.ReadSingle());
    }
}
