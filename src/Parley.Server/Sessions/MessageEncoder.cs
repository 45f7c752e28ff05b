using System.Buffers;
using Parley.Protocol;

namespace Parley.Server.Sessions;

/// <summary>Encodes the output of local models.</summary>
internal static class MessageEncoder
{
    /// <summary>Writes the first message of a chunk: its audio, or its text if it has no audio.</summary>
    internal static void Encode(in LiveMedia media, SendBuffer output, bool indented)
    {
        var pcm = media.Pcm.Span;
        if (pcm.IsEmpty)
            LiveCodec.Encode(ModelTurn(new Part { Text = media.Text }), output, indented);
        else if (indented)
            LiveCodec.Encode(ModelTurn(new Part { InlineData = new Blob { MimeType = AudioFormat.OutputMimeType, Data = media.Pcm } }), output, indented);
        else
            output.Advance(AudioMessage.WriteOutput(pcm, output.GetSpan(AudioMessage.OutputBytes(pcm.Length))));
    }

    /// <summary>Whether a second message follows: the transcription of the audio.</summary>
    internal static bool HasTranscription(in LiveMedia media) => !media.Pcm.IsEmpty && media.Text is not null;

    internal static void EncodeTranscription(in LiveMedia media, IBufferWriter<byte> output, bool indented) =>
        LiveCodec.Encode(
            new LiveSessionResponse { ServerContent = new ServerContent { OutputTranscription = new Transcription { Text = media.Text } } }, output, indented);

    /// <summary>The kind under which a message is counted.</summary>
    internal static MessageKind KindOf(LiveSessionResponse message) =>
        message.SetupComplete is not null ? MessageKind.Setup
        : message.ToolCall is not null || message.ToolCallCancellation is not null ? MessageKind.Tool
        : message.GoAway is not null || message.SessionResumptionUpdate is not null ? MessageKind.Control
        : message.ServerContent is not null ? MessageKind.Content : MessageKind.Other;

    private static LiveSessionResponse ModelTurn(Part part) =>
        new() { ServerContent = new ServerContent { ModelTurn = new Content { Role = "model", Parts = [part] } } };
}
