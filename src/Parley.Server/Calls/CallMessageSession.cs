using System.Buffers;
using System.Net.WebSockets;
using Parley.Protocol;
using Parley.Server.Relay;
using Parley.Server.Wire;

namespace Parley.Server.Calls;

/// <summary>A session that forwards messages, with the server's side of its call. A message is decoded only if the server must know what is in it, and encoded again only if it was changed.</summary>
internal sealed class CallMessageSession(CallSide side, IMessageSession inner, LiveCompatibility compatibility) : IMessageSession
{
    private readonly SemaphoreSlim _sending = new(1);
    private readonly SentIndex _index = new();

    public WireMessage Opening => inner.Opening;

    public void Open(IMessageOutput output)
    {
        var filtered = new CallMessageOutput(side, output, _index);
        inner.Open(filtered);
        side.Attach(SendAsync, filtered.Interrupt);
    }

    public ValueTask ReceiveAsync(in ClientMessage message)
    {
        var (payload, type) = (message.Payload, message.Type);
        if (message.Kind is MessageKind.Tool or MessageKind.Context || (side.Texts.IsWanted && message.Kind is MessageKind.Text or MessageKind.Content))
        {
            // What this server does not know is for the upstream to judge.
            var request = LiveCodec.DecodeRequest(payload.Span, compatibility, out _);
            var left = side.FromClient(request);
            if (left is null)
            {
                _index.Swallowed();
                return default;
            }
            if (!ReferenceEquals(left, request))
                payload = Encode(left);
        }
        _index.Forwarded();
        if (!_sending.Wait(0))
            return WaitAndForwardAsync(payload, type);
        var sending = Forward(payload, type);
        if (!sending.IsCompletedSuccessfully)
            return ReleaseAsync(sending);
        _sending.Release();
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        side.End();
        await inner.DisposeAsync().ConfigureAwait(false);
        _sending.Dispose();
    }

    // Its own method: a client message cannot live across an await.
    private ValueTask Forward(ReadOnlyMemory<byte> payload, WebSocketMessageType type)
    {
        try
        {
            return inner.ReceiveAsync(new ClientMessage(payload, type, ClientPeek.Read(payload.Span)));
        }
        catch (Exception e)
        {
            return ValueTask.FromException(e);
        }
    }

    private async ValueTask WaitAndForwardAsync(ReadOnlyMemory<byte> payload, WebSocketMessageType type)
    {
        await _sending.WaitAsync().ConfigureAwait(false);
        await ReleaseAsync(Forward(payload, type)).ConfigureAwait(false);
    }

    private async ValueTask ReleaseAsync(ValueTask sending)
    {
        try
        {
            await sending.ConfigureAwait(false);
        }
        finally
        {
            _sending.Release();
        }
    }

    private async ValueTask SendAsync(LiveSessionRequest message)
    {
        await _sending.WaitAsync(side.Ended).ConfigureAwait(false);
        _index.Injected();
        await ReleaseAsync(Forward(Encode(message), WebSocketMessageType.Text)).ConfigureAwait(false);
    }

    private static ReadOnlyMemory<byte> Encode(LiveSessionRequest message)
    {
        var buffer = new ArrayBufferWriter<byte>();
        LiveCodec.Encode(message, buffer);
        return buffer.WrittenMemory;
    }
}

/// <summary>What the client of a forwarding session gets.</summary>
/// <param name="side">The server's side.</param>
/// <param name="inner">The client.</param>
/// <param name="index">Counts what the model got.</param>
internal sealed class CallMessageOutput(CallSide side, IMessageOutput inner, SentIndex index) : IMessageOutput
{
    public bool WantsHandles => inner.WantsHandles;

    public ISessionMeter Meter => inner.Meter;

    public ValueTask SendAsync(ReadOnlyMemory<byte> message, WebSocketMessageType type, MessageKind kind)
    {
        var peek = ServerPeek.Read(message.Span);
        if (peek.IsPlainAudio)
            return side.Output() ? inner.SendAsync(message, type, kind) : default;
        var mayChange = !peek.ToolCall.IsEmpty || !peek.Cancellation.IsEmpty || (peek.HasOutput && side.IsCut) || (peek.HasResumption && !index.IsPlain);
        var decoded = mayChange || (peek.HasText && side.Texts.IsWanted) ? LiveCodec.DecodeResponse(message.Span) : RelayContent.Facts(peek, side.Texts.IsWanted);
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
        if (Translate(side.FromModel(message)) is { } left)
            inner.Send(left);
    }

    public ValueTask<string?> CheckpointAsync(object state) => inner.CheckpointAsync(state);

    public void Close(LiveClose close) => inner.Close(close);

    /// <summary>Tells the client to play nothing more.</summary>
    internal void Interrupt() => inner.Send(new LiveSessionResponse { ServerContent = new ServerContent { Interrupted = true } });

    // The client counts its own messages only.
    private LiveSessionResponse? Translate(LiveSessionResponse? message) => message?.SessionResumptionUpdate is not { LastConsumedClientMessageIndex: { } consumed } update || index.IsPlain
        ? message
        : message with { SessionResumptionUpdate = update with { LastConsumedClientMessageIndex = index.ToClient(consumed) } };
}
