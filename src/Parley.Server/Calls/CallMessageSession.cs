using System.Buffers;
using System.Net.WebSockets;
using Parley.Protocol;
using Parley.Server.Wire;

namespace Parley.Server.Calls;

/// <summary>A session that forwards messages, with the server's side of its call. A message is decoded only if the server must know what is in it, and encoded again only if it was changed.</summary>
internal sealed class CallMessageSession(CallSide side, IMessageSession inner, LiveCompatibility compatibility) : IMessageSession
{
    private readonly CallSide _side = side;
    private readonly SemaphoreSlim _sending = new(1);
    private readonly SentIndex _index = new();

    public WireMessage Opening => inner.Opening;

    public void Open(IMessageOutput output)
    {
        var filtered = new CallMessageOutput(_side, output, _index);
        inner.Open(filtered);
        _side.Attach(SendAsync, filtered.Interrupt, filtered.Show);
    }

    public ValueTask ReceiveAsync(in ClientMessage message)
    {
        var (payload, type) = (message.Payload, message.Type);
        if (_side.Input is { } gate && Waits(gate, message))
            return gate.WaitForRoomAsync();
        if (message.Kind is MessageKind.Tool or MessageKind.Context || (_side.Texts.IsWanted && message.Kind is MessageKind.Text or MessageKind.Content))
        {
            // What this server does not know is for the upstream to judge.
            var request = LiveCodec.DecodeRequest(payload.Span, compatibility, out _);
            var left = _side.FromClient(request);
            if (left is null)
            {
                _index.Swallowed();
                return default;
            }
            if (!ReferenceEquals(left, request))
                payload = Encode(left);
        }
        _index.Forwarded();
        return PassAsync(payload, type);
    }

    public async ValueTask DisposeAsync()
    {
        _side.End();
        await inner.DisposeAsync().ConfigureAwait(false);
        _sending.Dispose();
    }

    // Adds a message to those that wait for their checks, if it has to.
    private bool Waits(InputGate gate, in ClientMessage message)
    {
        if (!message.MayHaveText && !gate.IsBusy)
            return false;
        LiveSessionRequest? request = null;
        var isMark = false;
        if (message.MayHaveText || message.Kind is MessageKind.Context or MessageKind.Activity)
        {
            request = LiveCodec.DecodeRequest(message.Payload.Span, compatibility, out _);
            isMark = request.RealtimeInput is { ActivityStart: not null } or { ActivityEnd: not null };
        }
        var isMedia = message.Kind is MessageKind.Audio or MessageKind.Video || (message.Kind == MessageKind.Activity && !isMark);
        List<CallText> texts = request is null ? [] : MessageTexts.Of(request);
        if (texts.Count == 0 && (message.Kind == MessageKind.Tool || !gate.MustFollow(isMark, isMedia)))
            return false;
        _index.Held();
        gate.Add(new WaitingMessage(this, message.Payload.ToArray(), message.Type, request)
        {
            Texts = texts, IsMark = isMark,
            AsksForAnswer = request?.RealtimeInput?.Text is not null || request?.ClientContent?.TurnComplete is true,
        });
        return true;
    }

    private ValueTask PassAsync(ReadOnlyMemory<byte> payload, WebSocketMessageType type)
    {
        if (!_sending.Wait(0))
            return WaitAndForwardAsync(payload, type);
        var sending = Forward(payload, type);
        if (!sending.IsCompletedSuccessfully)
            return ReleaseAsync(sending);
        _sending.Release();
        return default;
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
        await _sending.WaitAsync(_side.Ended).ConfigureAwait(false);
        _index.Injected();
        await ReleaseAsync(Forward(Encode(message), WebSocketMessageType.Text)).ConfigureAwait(false);
    }

    private static ReadOnlyMemory<byte> Encode(LiveSessionRequest message)
    {
        var buffer = new ArrayBufferWriter<byte>();
        LiveCodec.Encode(message, buffer);
        return buffer.WrittenMemory;
    }

    /// <summary>A message that waits for its checks.</summary>
    private sealed class WaitingMessage(CallMessageSession session, ReadOnlyMemory<byte> payload, WebSocketMessageType type, LiveSessionRequest? request) : InputItem
    {
        internal override ValueTask PassAsync(IReadOnlyList<TextEdit>? edits)
        {
            session._index.Released(isForwarded: true);
            var left = payload;
            if (request is not null)
            {
                var edited = edits is null ? request : MessageTexts.Apply(request, edits);
                if (edits is not null)
                    left = MessageTexts.Apply(payload.Span, edits) ?? Encode(edited);
                session._side.Typed(edited);
                if (AsksForAnswer)
                    session._side.Asked();
                // Only a changed context is another message.
                var passed = session._side.FromClient(edited);
                if (passed is not null && !ReferenceEquals(passed, edited))
                    left = Encode(passed);
            }
            return session.PassAsync(left, type);
        }

        internal override void Refuse() => session._index.Released(isForwarded: false);
    }
}
