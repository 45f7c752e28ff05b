using System.Runtime.InteropServices;
using System.Text;

namespace Parley.Speech.Worker;

/// <summary>Answers the frames of one application with one decoder.</summary>
internal sealed class DecoderServer(IDecoder decoder, FrameStream frames) : IFrameServer
{
    private string _partial = "";

    public void Handle(FrameKind kind, ReadOnlySpan<byte> content)
    {
        switch (kind)
        {
            case FrameKind.Begin:
                _partial = "";
                var begin = SpeakerContent.Split(content, out var speaker);
                frames.Write(FrameKind.Begun, string.Join('\n', decoder.Begin(Lines.Split(begin), speaker)));
                break;
            case FrameKind.Sound:
                var partial = decoder.Accept(MemoryMarshal.Cast<byte, short>(content));
                frames.Write(FrameKind.Partial, partial == _partial ? "" : partial);
                _partial = partial;
                break;
            case FrameKind.Finish:
                var end = decoder.Finish();
                frames.Write(FrameKind.Final, SpeakerContent.Join(end.Speaker, end.Text));
                break;
            default:
                throw new InvalidDataException($"A decoder does not answer {kind}.");
        }
    }

    public void Cancel(int number)
    {
    }
}

/// <summary>A text as the content of a frame, with what is known of its speaker before it: a byte that counts the numbers, then those.</summary>
internal static class SpeakerContent
{
    public static byte[] Join(ReadOnlySpan<float> speaker, string text) =>
        [(byte)speaker.Length, .. MemoryMarshal.AsBytes(speaker), .. Encoding.UTF8.GetBytes(text)];

    public static ReadOnlySpan<byte> Split(ReadOnlySpan<byte> content, out float[] speaker)
    {
        var bytes = content[0] * sizeof(float);
        speaker = MemoryMarshal.Cast<byte, float>(content.Slice(1, bytes)).ToArray();
        return content[(1 + bytes)..];
    }
}

/// <summary>Lists of short texts as the content of a frame.</summary>
internal static class Lines
{
    public static string Join(IReadOnlyList<string> lines) => string.Join('\n', lines.Select(line => line.ReplaceLineEndings(" ")));

    public static string[] Split(ReadOnlySpan<byte> content) => content.IsEmpty ? [] : Encoding.UTF8.GetString(content).Split('\n');
}
