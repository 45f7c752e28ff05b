using System.Runtime.InteropServices;
using System.Text;
using Parley.Speech.Worker.Pipe;

namespace Parley.Speech.Worker.Recognition;

/// <summary>Answers the messages of one application with one decoder.</summary>
internal sealed class DecoderServer(IDecoder decoder, WorkerPipe pipe) : IEngineServer
{
    private string _partial = "";

    public void Handle(PipeMessage kind, ReadOnlySpan<byte> content)
    {
        switch (kind)
        {
            case PipeMessage.Begin:
                _partial = "";
                var begin = SpeakerContent.Split(content, out var speaker);
                pipe.Write(PipeMessage.Begun, string.Join('\n', decoder.Begin(Lines.Split(begin), speaker)));
                break;
            case PipeMessage.Samples:
                var partial = decoder.Accept(MemoryMarshal.Cast<byte, short>(content));
                pipe.Write(PipeMessage.Partial, partial == _partial ? "" : partial);
                _partial = partial;
                break;
            case PipeMessage.Peek:
                pipe.Write(PipeMessage.Peeked, decoder.Peek());
                break;
            case PipeMessage.Finish:
                var end = decoder.Finish();
                pipe.Write(PipeMessage.Final, SpeakerContent.Join(end.Speaker, end.Text));
                break;
            default:
                throw new InvalidDataException($"A decoder does not accept {kind} messages.");
        }
    }

    public void Cancel(int number)
    {
    }
}

/// <summary>A speaker profile and a text as message content: one byte with the number of floats, the floats, the text.</summary>
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

/// <summary>Lists of short texts as message content, one per line.</summary>
internal static class Lines
{
    public static string Join(IReadOnlyList<string> lines) => string.Join('\n', lines.Select(line => line.ReplaceLineEndings(" ")));

    public static string[] Split(ReadOnlySpan<byte> content) => content.IsEmpty ? [] : Encoding.UTF8.GetString(content).Split('\n');
}
