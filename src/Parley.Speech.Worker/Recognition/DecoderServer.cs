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
                frames.Write(FrameKind.Begun, string.Join('\n', decoder.Begin(Lines.Split(content))));
                break;
            case FrameKind.Sound:
                var partial = decoder.Accept(MemoryMarshal.Cast<byte, short>(content));
                frames.Write(FrameKind.Partial, partial == _partial ? "" : partial);
                _partial = partial;
                break;
            case FrameKind.Finish:
                frames.Write(FrameKind.Final, decoder.Finish());
                break;
            default:
                throw new InvalidDataException($"A decoder does not answer {kind}.");
        }
    }

    public void Cancel(int number)
    {
    }
}

/// <summary>Lists of short texts as the content of a frame.</summary>
internal static class Lines
{
    public static string Join(IReadOnlyList<string> lines) => string.Join('\n', lines.Select(line => line.ReplaceLineEndings(" ")));

    public static string[] Split(ReadOnlySpan<byte> content) => content.IsEmpty ? [] : Encoding.UTF8.GetString(content).Split('\n');
}
