using System.Buffers;
using System.Net.WebSockets;
using Parley.Protocol;
using Parley.Server;

namespace Parley.Testing.Quirks;

// Quirks of the form of messages: nothing is lost.

internal sealed class BinaryFrames : QuirkStage
{
    internal override void ToClient(LiveSessionResponse message)
    {
        var json = new ArrayBufferWriter<byte>();
        LiveCodec.Encode(message, json, indented: true);
        Session.Send(new WireMessage(json.WrittenMemory, WebSocketMessageType.Binary));
    }
}

internal sealed class LongCloseReasons : QuirkStage
{
    private const string Details = " [reason: \"ERROR_OF_REQUEST\" domain: \"googleapis.com\" metadata: {service: \"generativelanguage.googleapis.com\", method: \"BidiGenerateContent\"}]";

    // The server cuts what is too long.
    internal override void Close(LiveClose close) => Outer.Close(close with { Reason = close.Reason + Details });
}

internal sealed class MergedMessages : QuirkStage
{
    private const int SmallestPart = 4;

    private bool _isComplete;

    internal override void MediaToClient(in LiveMedia media)
    {
        var part = media.Pcm.Length / 3 & ~1;
        if (part < SmallestPart)
        {
            Outer.MediaToClient(media);
            return;
        }
        Outer.ToClient(Speech(media.Pcm[..part], media.Pcm[part..(2 * part)]));
        Outer.MediaToClient(media with { Pcm = media.Pcm[(2 * part)..] });
    }

    internal override void ToClient(LiveSessionResponse message)
    {
        if (message.ServerContent is { GenerationComplete: true, TurnComplete: not true })
        {
            Volatile.Write(ref _isComplete, true);
            return;
        }
        var isHeld = Interlocked.Exchange(ref _isComplete, false);
        if (isHeld && message.ServerContent is { TurnComplete: true } end)
        {
            Outer.ToClient(message with { ServerContent = end with { GenerationComplete = true } });
            return;
        }
        if (isHeld)
            Outer.ToClient(Message(new ServerContent { GenerationComplete = true }));
        Outer.ToClient(message);
    }
}

internal sealed class OddAudioParts : QuirkStage
{
    private const int FirstPart = 2;

    private bool _inTurn;

    internal override void MediaToClient(in LiveMedia media)
    {
        var pcm = media.Pcm;
        if (!Interlocked.Exchange(ref _inTurn, true) && pcm.Length > FirstPart)
            Send(media, ref pcm, FirstPart);
        if (pcm.Length > 2)
            Send(media, ref pcm, (pcm.Length / 2) | 1);
        Outer.MediaToClient(media with { Pcm = pcm });
    }

    internal override void ToClient(LiveSessionResponse message)
    {
        if (message.ServerContent is { TurnComplete: true } or { Interrupted: true })
            Volatile.Write(ref _inTurn, false);
        Outer.ToClient(message);
    }

    private void Send(in LiveMedia media, ref ReadOnlyMemory<byte> pcm, int bytes)
    {
        Outer.MediaToClient(new LiveMedia(media.Generation, 0, pcm[..bytes], null));
        pcm = pcm[bytes..];
    }
}

internal sealed class EmptyMessages : QuirkStage
{
    private static readonly LiveSessionResponse[] Empties =
        [new(), Message(new ServerContent()), new() { UsageMetadata = new UsageMetadata { TotalTokenCount = 0 } }];

    private int _sent;

    internal override void MediaToClient(in LiveMedia media)
    {
        SendEmpty();
        Outer.MediaToClient(media);
    }

    internal override void ToClient(LiveSessionResponse message)
    {
        SendEmpty();
        Outer.ToClient(message);
        SendEmpty();
    }

    private void SendEmpty() => Outer.ToClient(Empties[(uint)Interlocked.Increment(ref _sent) % Empties.Length]);
}

internal sealed class ThoughtsInAudio : QuirkStage
{
    private int _chunks;

    internal override void MediaToClient(in LiveMedia media)
    {
        if (Interlocked.Increment(ref _chunks) % 2 == 1)
            Outer.ToClient(Message(new ServerContent { ModelTurn = new Content { Role = "model", Parts = [new Part { Text = "**Considering the reply**", Thought = true }] } }));
        Outer.MediaToClient(media);
    }
}

internal sealed class UnrequestedHandles : QuirkStage
{
    private int _sent;

    internal override void ToClient(LiveSessionResponse message)
    {
        Outer.ToClient(message);
        if (message.ServerContent is { TurnComplete: true } && Session.Start.Setup.SessionResumption is null)
            Outer.ToClient(new LiveSessionResponse { SessionResumptionUpdate = new SessionResumptionUpdate { NewHandle = $"not-requested-{Interlocked.Increment(ref _sent)}", Resumable = true } });
    }
}

internal sealed class StrayInterrupted : QuirkStage
{
    internal override void ToClient(LiveSessionResponse message)
    {
        Outer.ToClient(message);
        if (message.ServerContent is { TurnComplete: true })
            Outer.ToClient(Message(new ServerContent { Interrupted = true }));
    }
}
