using System.Buffers;
using System.Net.WebSockets;
using Parley.Protocol;
using Parley.Server.Relay;

namespace Parley.Server.Calls;

/// <summary>What the client of a forwarding session gets.</summary>
/// <param name="side">The server's side.</param>
/// <param name="inner">The client.</param>
/// <param name="index">Counts what the model got.</param>
internal sealed partial class CallMessageOutput(CallSide side, IMessageOutput inner, SentIndex index) : IMessageOutput
{
    public bool WantsHandles => inner.WantsHandles;

    public ISessionMeter Meter { get; } = side.Answers is null ? inner.Meter : new CheckedMeter(inner.Meter);

    public ValueTask SendAsync(ReadOnlyMemory<byte> message, WebSocketMessageType type, MessageKind kind)
    {
        if (side.Answers is { } gate)
            return SendCheckedAsync(gate, message, type, kind);
        var peek = ServerPeek.Read(message.Span);
        if (peek.IsPlainAudio)
            return side.Output() ? inner.SendAsync(message, type, kind) : default;
        var mayChange = !peek.ToolCall.IsEmpty || !peek.Cancellation.IsEmpty || (peek.HasOutput && side.IsCut) || (peek.HasResumption && !index.IsPlain);
        var decoded = mayChange ? LiveCodec.DecodeResponse(message.Span)
            : (side.Texts.IsWanted && peek.HasText ? Decode(message.Span) : null) ?? RelayContent.Facts(peek, side.Texts.IsWanted);
        if (peek.HasOutput)
            side.Output();
        var left = Translate(side.FromModel(decoded));
        if (left is null)
            return default;
        if (!mayChange || ReferenceEquals(left, decoded))
            return inner.SendAsync(message, type, kind);
        var buffer = new ArrayBufferWriter<byte>();
        LiveCodec.Encode(left, buffer);
        return inner.SendAsync(buffer.WrittenMemory, type, kind);
    }

    public void Send(LiveSessionResponse message)
    {
        if (side.Answers is { } gate)
            SendChecked(gate, message);
        else if (Translate(side.FromModel(message)) is { } left)
            inner.Send(left);
    }

    public ValueTask<string?> CheckpointAsync(object state) => inner.CheckpointAsync(state);

    public void Close(LiveClose close)
    {
        if (side.Answers is { } gate && !gate.MayPass(AnswerKind.Other, hasTexts: false))
            gate.Add(new ActionItem(AnswerKind.Close, () => inner.Close(close)));
        else
            inner.Close(close);
    }

    /// <summary>Tells the client to play nothing more.</summary>
    internal void Interrupt()
    {
        inner.Send(new LiveSessionResponse { ServerContent = new ServerContent { Interrupted = true } });
        side.Answers?.Wake();
    }

    // A message that this server cannot read is for the client all the same.
    private static LiveSessionResponse? Decode(ReadOnlySpan<byte> message)
    {
        try
        {
            return LiveCodec.DecodeResponse(message);
        }
        catch (LiveProtocolException)
        {
            return null;
        }
    }

    // The client counts its own messages only.
    private LiveSessionResponse? Translate(LiveSessionResponse? message) => message?.SessionResumptionUpdate is not { LastConsumedClientMessageIndex: { } consumed } update || index.IsPlain
        ? message
        : message with { SessionResumptionUpdate = update with { LastConsumedClientMessageIndex = index.ToClient(consumed) } };
}
