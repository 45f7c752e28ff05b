using Parley.Protocol;

namespace Parley.Server.Calls;

/// <summary>A local session with the server's side of its call.</summary>
internal sealed class CallSession : ILiveModelSession
{
    private readonly Lock _gate = new();
    private readonly CallSide _side;
    private readonly CallOutput _output;
    private readonly ILiveModelSession _inner;
    private bool _isDisposed;

    internal CallSession(CallSide side, CallOutput output, ILiveModelSession inner)
    {
        (_side, _output, _inner) = (side, output, inner);
        output.Session = inner;
        side.Attach(Send, output.Interrupt, output.Show);
    }

    public void Receive(LiveSessionRequest message)
    {
        if (_side.Input is { } gate && Wait(gate, message))
            return;
        Pass(message);
    }

    public void ReceiveAudio(ReadOnlySpan<byte> pcm, int rateHz)
    {
        if (_side.Input is { HoldsMark: true } gate)
        {
            gate.Add(new AudioItem(this, pcm.ToArray(), rateHz));
            return;
        }
        PassAudio(pcm, rateHz);
    }

    public void MediaSent(in LiveMedia media)
    {
        _output.Sent(media);
        _inner.MediaSent(media);
    }

    public void MediaPlayed(TimeSpan position) => _inner.MediaPlayed(position);

    public ValueTask DisposeAsync()
    {
        _side.End();
        lock (_gate)
            _isDisposed = true;
        return _inner.DisposeAsync();
    }

    private bool Wait(InputGate gate, LiveSessionRequest message)
    {
        var texts = MessageTexts.Of(message);
        var isMark = message.RealtimeInput is { ActivityStart: not null } or { ActivityEnd: not null };
        var isMedia = message is { RealtimeInput: not null, ClientContent: null, ContextUpdate: null };
        if (texts.Count == 0 && (message.ToolResponse is not null || !gate.MustFollow(isMark, isMedia)))
            return false;
        // The connection waits for room after each message.
        gate.Add(new MessageItem(this, message)
        {
            Texts = texts, IsMark = isMark,
            AsksForAnswer = message.RealtimeInput?.Text is not null || message.ClientContent?.TurnComplete is true,
        });
        return true;
    }

    private void Pass(LiveSessionRequest message)
    {
        if (_side.FromClient(message) is not { } left)
            return;
        lock (_gate)
        {
            if (!_isDisposed)
                _inner.Receive(left);
        }
    }

    private void PassAudio(ReadOnlySpan<byte> pcm, int rateHz)
    {
        lock (_gate)
        {
            if (!_isDisposed)
                _inner.ReceiveAudio(pcm, rateHz);
        }
    }

    private ValueTask Send(LiveSessionRequest message)
    {
        lock (_gate)
        {
            if (!_isDisposed)
                _inner.Receive(message);
        }
        return default;
    }

    private sealed class MessageItem(CallSession session, LiveSessionRequest message) : InputItem
    {
        internal override ValueTask PassAsync(IReadOnlyList<TextEdit>? edits)
        {
            var passed = edits is null ? message : MessageTexts.Apply(message, edits);
            session._side.Typed(passed);
            if (AsksForAnswer)
                session._side.Asked();
            session.Pass(passed);
            return default;
        }
    }

    private sealed class AudioItem(CallSession session, byte[] pcm, int rateHz) : InputItem
    {
        internal override ValueTask PassAsync(IReadOnlyList<TextEdit>? edits)
        {
            session.PassAudio(pcm, rateHz);
            return default;
        }
    }
}
