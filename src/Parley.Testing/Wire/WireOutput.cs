using System.IO.Pipelines;
using System.Threading.Channels;
using Parley.Server;
using Parley.Testing.Hosting;

namespace Parley.Testing.Wire;

/// <summary>
/// What goes to one side of a connection: a queue of bytes and pauses, written in order. Everything but <see cref="RunAsync"/> returns at once and may be
/// called by any thread.
/// </summary>
#pragma warning disable CA1001 // A source without a timer holds nothing, and the client may leave after the end.
internal sealed class WireOutput(PipeWriter writer, bool toServer, TimeProvider time, Activity activity)
#pragma warning restore CA1001
{
    /// <summary>Bytes that wait before the reader of the other side must wait too.</summary>
    private const int RoomBytes = 64 << 10;

    /// <summary>Parts per second of a limited rate.</summary>
    private const int PartsPerSecond = 20;

    private readonly Channel<Item> _queue = Channel.CreateUnbounded<Item>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _hurry = new();
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = NewSource();
    private int? _rate;
    private long _pending;
    private bool _isClosed, _isPaused;
    private uint _mask = 0x5A17_C3E9;

    /// <summary>Sizes of the frames of a message, asked for each frame; null = one frame.</summary>
    internal Func<int>? FrameBytes { get; set; }

    /// <summary>Whether nothing more is taken: the direction has ended, or a close was sent.</summary>
    internal bool IsClosed => Volatile.Read(ref _isClosed);

    /// <summary>Bytes per second; zero = nothing is written; null = no limit.</summary>
    internal int? Rate
    {
        set
        {
            lock (_gate)
            {
                _rate = value;
                Changed();
            }
        }
    }

    /// <summary>Whether a limit or a pause holds bytes back.</summary>
    internal bool IsHeld
    {
        get
        {
            lock (_gate)
                return _rate is not null || _isPaused;
        }
    }

    internal void Send(WireMessage message) =>
        SendMessage(message.Type == System.Net.WebSockets.WebSocketMessageType.Text ? Frames.Text : Frames.Binary, message.Payload.Span);

    internal void SendMessage(int opcode, ReadOnlySpan<byte> payload)
    {
        if (FrameBytes is not { } sizes)
        {
            Write(Frames.Encode(opcode, isFinal: true, payload, NextMask()));
            return;
        }
        for (var at = 0; ; opcode = Frames.Continuation)
        {
            var length = Math.Min(Math.Max(1, sizes()), payload.Length - at);
            Write(Frames.Encode(opcode, at + length == payload.Length, payload.Slice(at, length), NextMask()));
            at += length;
            if (at == payload.Length)
                return;
        }
    }

    internal void SendControl(int opcode, ReadOnlySpan<byte> payload) => Write(Frames.Encode(opcode, isFinal: true, payload, NextMask()));

    /// <summary>Begins a message: its frame says the whole length, and holds less.</summary>
    internal void WriteBegun(WireMessage message, int bytes)
    {
        var opcode = message.Type == System.Net.WebSockets.WebSocketMessageType.Text ? Frames.Text : Frames.Binary;
        var frame = Frames.Encode(opcode, isFinal: true, message.Payload.Span, NextMask());
        Write(frame[..(frame.Length - message.Payload.Length + bytes)]);
    }

    /// <summary>Sends a close frame; what follows is dropped.</summary>
    internal void Close(int code, string reason)
    {
        if (IsClosed)
            return;
        // Before the frame: the answer of the client, which ends the connection, may come at once.
        Volatile.Write(ref _isClosed, true);
        Enqueue(Frames.Encode(Frames.Close, isFinal: true, code == 1005 ? [] : Frames.ClosePayload(code, reason), NextMask()));
    }

    /// <summary>Writes bytes, whatever they are.</summary>
    internal void Write(byte[] bytes)
    {
        if (!IsClosed && bytes.Length > 0)
            Enqueue(bytes);
    }

    private void Enqueue(byte[] bytes)
    {
        Interlocked.Add(ref _pending, bytes.Length);
        _queue.Writer.TryWrite(new(bytes, default, null));
    }

    /// <summary>Waits, on the clock, before what is written next.</summary>
    internal void Pause(TimeSpan delay) => _queue.Writer.TryWrite(new([], delay, null));

    /// <summary>Runs an action when what is queued has been written.</summary>
    internal void Then(Action action) => _queue.Writer.TryWrite(new([], default, action));

    /// <summary>Runs an action when what is queued has been written, and takes nothing more.</summary>
    internal void Last(Action action)
    {
        Then(action);
        Volatile.Write(ref _isClosed, true);
    }

    /// <summary>Ends the direction after what is queued.</summary>
    internal void Finish()
    {
        Volatile.Write(ref _isClosed, true);
        _queue.Writer.TryComplete();
    }

    /// <summary>Ends pauses and limits: nobody waits for them any more.</summary>
    internal void Hurry()
    {
        Rate = null;
        _hurry.Cancel();
    }

    /// <summary>Waits until little waits to be written.</summary>
    internal async ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (Volatile.Read(ref _pending) <= (_rate is null ? RoomBytes : 0))
                    return;
                changed = _changed.Task;
            }
            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Writes until the direction ends.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var item in _queue.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                if (item.Pause > TimeSpan.Zero)
                    await PauseAsync(item.Pause, cancellationToken).ConfigureAwait(false);
                if (item.Action is { } action)
                    action();
                else if (!await WriteAsync(item.Bytes, cancellationToken).ConfigureAwait(false))
                    return;
            }
            // A side that is frozen does not see the end either.
            await RateAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Finish();
            lock (_gate)
            {
                _pending = 0;
                Changed();
            }
        }
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _hurry.Token);
        Volatile.Write(ref _isPaused, true);
        try
        {
            await Task.Delay(pause, time, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
        }
        finally
        {
            Volatile.Write(ref _isPaused, false);
        }
    }

    private async Task<bool> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            var rate = await RateAsync(cancellationToken).ConfigureAwait(false);
            var part = rate is null ? bytes : bytes[..Math.Min(bytes.Length, Math.Max(1, rate.Value / PartsPerSecond))];
            if (rate is { } limit)
                await PauseAsync(TimeSpan.FromSeconds((double)part.Length / limit), cancellationToken).ConfigureAwait(false);
            activity.Count();
            var result = await writer.WriteAsync(part, cancellationToken).ConfigureAwait(false);
            lock (_gate)
            {
                _pending -= part.Length;
                Changed();
            }
            if (result.IsCompleted)
                return false;
            bytes = bytes[part.Length..];
        }
        return true;
    }

    private async ValueTask<int?> RateAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_rate != 0)
                    return _rate;
                changed = _changed.Task;
            }
            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    // A key that a proxy cannot know is of no use here; equal traffic gives equal bytes.
    private uint? NextMask() => toServer ? _mask = unchecked((_mask * 1_664_525) + 1_013_904_223) : null;

    private void Changed()
    {
        _changed.TrySetResult();
        _changed = NewSource();
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly record struct Item(byte[] Bytes, TimeSpan Pause, Action? Action);
}
