using Parley.Protocol;

namespace Parley.Server.Calls;

/// <summary>A local session with the server's side of its call.</summary>
internal sealed class CallSession : ILiveModelSession
{
    private readonly Lock _gate = new();
    private readonly CallSide _side;
    private readonly CallOutput _output;
    private readonly ILiveModelSession _inner;

    internal CallSession(CallSide side, CallOutput output, ILiveModelSession inner)
    {
        (_side, _output, _inner) = (side, output, inner);
        output.Session = inner;
        side.Attach(Send, output.Interrupt);
    }

    public void Receive(LiveSessionRequest message)
    {
        if (_side.FromClient(message) is not { } left)
            return;
        lock (_gate)
            _inner.Receive(left);
    }

    public void ReceiveAudio(ReadOnlySpan<byte> pcm, int rateHz)
    {
        lock (_gate)
            _inner.ReceiveAudio(pcm, rateHz);
    }

    public void MediaSent(in LiveMedia media)
    {
        _output.Sent(media);
        _inner.MediaSent(media);
    }

    public ValueTask DisposeAsync()
    {
        _side.End();
        return _inner.DisposeAsync();
    }

    private ValueTask Send(LiveSessionRequest message)
    {
        lock (_gate)
            _inner.Receive(message);
        return default;
    }
}

/// <summary>The output of a local session.</summary>
/// <param name="side">The server's side.</param>
/// <param name="inner">The client.</param>
internal sealed class CallOutput(CallSide side, ILiveModelOutput inner) : ILiveModelOutput
{
    private readonly Lock _gate = new();
    private readonly Queue<LiveMedia> _unsent = new();

    /// <summary>The session, which hears of media that is left out as if it was sent: it paces itself by that.</summary>
    internal ILiveModelSession? Session { get; set; }

    public void Send(LiveSessionResponse message)
    {
        if (side.FromModel(message) is { } left)
            inner.Send(left);
    }

    public void Send(WireMessage message) => inner.Send(message);

    public void SendMedia(in LiveMedia media)
    {
        var forward = side.Output();
        if (forward)
        {
            side.Texts.Say(side.Call, isUser: false, media.Text, isSpoken: !media.Pcm.IsEmpty);
            lock (_gate)
                _unsent.Enqueue(media);
            inner.SendMedia(media);
            return;
        }
        Report([media]);
    }

    public void CancelMedia(int generation)
    {
        lock (_gate)
        {
            while (_unsent.TryPeek(out var media) && media.Generation <= generation)
                _unsent.Dequeue();
        }
        inner.CancelMedia(generation);
    }

    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => inner.WaitForRoomAsync(cancellationToken);

    public void Checkpoint(object? state) => inner.Checkpoint(state);

    public void Close(LiveClose close) => inner.Close(close);

    /// <summary>A chunk was written to the socket.</summary>
    internal void Sent(in LiveMedia media)
    {
        lock (_gate)
        {
            while (_unsent.TryPeek(out var first) && first.Sequence <= media.Sequence)
                _unsent.Dequeue();
        }
    }

    /// <summary>Takes back what the client does not have yet, and tells it to play nothing more.</summary>
    internal void Interrupt()
    {
        List<LiveMedia> unsent;
        lock (_gate)
        {
            unsent = [.. _unsent];
            _unsent.Clear();
        }
        if (unsent.Count > 0)
            inner.CancelMedia(unsent[^1].Generation);
        inner.Send(new LiveSessionResponse { ServerContent = new ServerContent { Interrupted = true } });
        Report(unsent);
    }

    // Not on this thread: the model may hold a lock.
    private void Report(List<LiveMedia> media)
    {
        if (Session is not { } session)
            return;
        _ = Task.Run(() =>
        {
            foreach (var one in media)
                session.MediaSent(one);
        });
    }
}
