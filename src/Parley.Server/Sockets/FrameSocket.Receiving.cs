using System.Buffers;
using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace Parley.Server.Sockets;

internal sealed partial class FrameSocket
{
    /// <summary>Holds several audio frames; longer payloads are read directly into the caller's buffer.</summary>
    private const int BufferBytes = 8 << 10;

    /// <summary>After this many short waits in a row the peer counts as active, and the buffer is kept while waiting for the next frame.</summary>
    private const int ShortWaits = 8;

    /// <summary>
    /// After this many reads in a row that completed at once, the reader yields: it may run on the thread that polls all sockets.
    /// </summary>
    private const int MaxReadsAtOnce = 16;

    private static readonly TimeSpan ShortWait = TimeSpan.FromMilliseconds(250);

    private byte[]? _buffer; // null while nothing is buffered
    private int _at, _end;
    private int _reads, _readsAtOnce, _shortWaits;
    private long _waitedAt;
    private FrameHead _head; // of the data frame being read
    private ulong _left; // bytes of its payload still to come
    private uint _mask; // rotated to the next byte
    private bool _isInFrame, _isInMessage, _isWaiting, _isWoken, _isInvalidUtf8;
    private WebSocketMessageType _type;
    private Utf8Check _utf8;

    private enum Step
    {
        Done,
        ReadMore,
        Control,
        Fault,
        InvalidUtf8,
    }

    /// <summary>Payload bytes of the current frame that have not been received yet, as announced by its header.</summary>
    internal long RemainingPayload => (long)_left;

    /// <summary>Buffered bytes that have not been taken yet.</summary>
    internal int BufferedBytes => _end - _at;

    /// <summary>
    /// Whether <see cref="TryTakeMessage"/> can return the next message once all of it is buffered: it is unfragmented and short. Everything else goes
    /// through <see cref="ReceiveAsync(Memory{byte}, CancellationToken)"/>.
    /// </summary>
    internal bool IsWholeNext => !_isInMessage && !_closeReceived && !_isInvalidUtf8 && (!FrameHead.TryRead(Buffered, out var head) || IsShortMessage(head));

    /// <summary>Takes the next message in place, if all of it is buffered.</summary>
    /// <param name="payload">Its payload; valid until the next fill or receive.</param>
    /// <param name="type">Text or binary.</param>
    internal bool TryTakeMessage(out ReadOnlyMemory<byte> payload, out WebSocketMessageType type)
    {
        (payload, type) = (default, default);
        if (_isInMessage || !FrameHead.TryRead(Buffered, out var head) || !IsShortMessage(head) || BufferedBytes < head.Bytes + (int)head.Length)
            return false;
        var bytes = _buffer.AsMemory(_at + head.Bytes, (int)head.Length);
        if (head.IsMasked)
            FrameMask.Apply(bytes.Span, bytes.Span, head.Mask);
        if (head.Opcode == FrameHead.Text && !Utf8.IsValid(bytes.Span))
        {
            // Restored, so that ReceiveAsync reports the error.
            FrameMask.Apply(bytes.Span, bytes.Span, head.Mask);
            _isInvalidUtf8 = true;
            return false;
        }
        _at += head.Bytes + bytes.Length;
        (payload, type) = (bytes, head.Opcode == FrameHead.Text ? WebSocketMessageType.Text : WebSocketMessageType.Binary);
        return true;
    }

    /// <summary>Waits for data, or reads once. Pass the result to <see cref="Filled"/>; do not receive meanwhile.</summary>
    internal ValueTask<int> FillAsync()
    {
        if (_aborted)
            return ValueTask.FromException<int>(Lost(null));
        if (_at == _end)
        {
            (_at, _end) = (0, 0);
            if (!_isWoken && !IsPeerActive())
            {
                Release();
                _isWaiting = true;
                return _stream.ReadAsync(Memory<byte>.Empty, CancellationToken.None);
            }
        }
        else if (_end == _buffer!.Length || _at + FrameHead.MaxBytes + FrameHead.MaxControlBytes > _buffer.Length)
        {
            Buffered.CopyTo(_buffer);
            (_at, _end) = (0, _end - _at);
        }
        _buffer ??= ArrayPool<byte>.Shared.Rent(BufferBytes);
        return ReadAsync(_buffer.AsMemory(_end));
    }

    /// <summary>Completes <see cref="FillAsync()"/>.</summary>
    /// <param name="read">The result of <see cref="FillAsync()"/>.</param>
    /// <exception cref="WebSocketException">The stream has ended.</exception>
    internal void Filled(int read)
    {
        (_isWoken, _isWaiting) = (_isWaiting, false);
        if (_isWoken)
            return;
        if (read == 0)
            throw Lost(null);
        _end += read;
        _reads++;
    }

    /// <inheritdoc/>
    public override async Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken)
    {
        var result = await ReceiveAsync(buffer.AsMemory(), cancellationToken).ConfigureAwait(false);
        return result.MessageType == WebSocketMessageType.Close
            ? new WebSocketReceiveResult(0, WebSocketMessageType.Close, true, _closeStatus, _closeDescription)
            : new WebSocketReceiveResult(result.Count, result.MessageType, result.EndOfMessage);
    }

    /// <inheritdoc/>
    public override ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_closeReceived || _aborted)
            return ValueTask.FromException<ValueWebSocketReceiveResult>(_aborted ? Lost(null) : new WebSocketException(WebSocketError.InvalidState, "The close was received."));
        var step = TryReceive(buffer.Span, out var result);
        return step == Step.Done ? new(result) : ReceiveSlowAsync(buffer, step);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ValueWebSocketReceiveResult> ReceiveSlowAsync(Memory<byte> buffer, Step step)
    {
        try
        {
            while (true)
            {
                switch (step)
                {
                    case Step.ReadMore when _isInFrame && _at == _end && (ulong)buffer.Length >= BufferBytes / 2 && _left >= BufferBytes / 2:
                        var read = await ReadAsync(buffer[..(int)Math.Min((ulong)buffer.Length, _left)]).ConfigureAwait(false);
                        if (read == 0)
                            throw Lost(null);
                        _reads++;
                        step = Take(buffer.Span[..read], buffer.Span, out var taken);
                        if (step == Step.Done)
                            return taken;
                        continue;
                    case Step.ReadMore:
                        await FillAsync(BufferedBytes + 1).ConfigureAwait(false);
                        break;
                    case Step.Control:
                        if (await ReceiveControlAsync().ConfigureAwait(false))
                            return new ValueWebSocketReceiveResult(0, WebSocketMessageType.Close, true);
                        break;
                    case Step.InvalidUtf8:
                        throw await FaultAsync(WebSocketCloseStatus.InvalidPayloadData, "The message is not UTF-8.").ConfigureAwait(false);
                    case Step.Fault:
                        throw await FaultAsync(WebSocketCloseStatus.ProtocolError, Head().Fault(_isServer, _isInMessage)!).ConfigureAwait(false);
                }
                step = TryReceive(buffer.Span, out var result);
                if (step == Step.Done)
                    return result;
            }
        }
        catch (Exception e) when (IsTransport(e))
        {
            Release();
            throw Lost(e);
        }
    }

    private ValueTask<int> ReadAsync(Memory<byte> target)
    {
        if (_readsAtOnce == MaxReadsAtOnce)
            return YieldAndReadAsync(target);
        var reading = _stream.ReadAsync(target, CancellationToken.None);
        _readsAtOnce = reading.IsCompleted ? _readsAtOnce + 1 : 0;
        return reading;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> YieldAndReadAsync(Memory<byte> target)
    {
        _readsAtOnce = 0;
        await Task.Yield();
        return await _stream.ReadAsync(target, CancellationToken.None).ConfigureAwait(false);
    }

    // Receives as much as is possible without waiting.
    private Step TryReceive(Span<byte> target, out ValueWebSocketReceiveResult result)
    {
        result = default;
        if (!_isInFrame)
        {
            if (!FrameHead.TryRead(Buffered, out var head))
                return Step.ReadMore;
            if (head.Fault(_isServer, _isInMessage) is not null)
                return Step.Fault;
            if (head.IsControl)
                return Step.Control;
            Begin(head);
        }
        if (target.IsEmpty || _left == 0)
            return Take(default, target, out result);
        var here = (int)Math.Min((ulong)Math.Min(_end - _at, target.Length), _left);
        if (here == 0)
            return Step.ReadMore;
        var piece = _buffer.AsSpan(_at, here);
        _at += here;
        return Take(piece, target, out result);
    }

    private void Begin(in FrameHead head)
    {
        _frameLimiter?.CountFragment(isFirst: head.Opcode != FrameHead.Continuation, head.IsLast);
        _at += head.Bytes;
        (_head, _left, _mask, _isInFrame, _isInMessage) = (head, head.Length, head.Mask, true, true);
        if (head.Opcode == FrameHead.Continuation)
            return;
        _type = head.Opcode == FrameHead.Text ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
        _utf8 = default;
    }

    // Unmasks a piece of the payload into the caller's buffer.
    private Step Take(ReadOnlySpan<byte> piece, Span<byte> target, out ValueWebSocketReceiveResult result)
    {
        if (_head.IsMasked)
            _mask = FrameMask.Apply(piece, target, _mask);
        else if (!piece.Overlaps(target))
            piece.CopyTo(target);
        _left -= (ulong)piece.Length;
        var isFrameOver = _left == 0;
        var isLast = isFrameOver && _head.IsLast;
        result = new ValueWebSocketReceiveResult(piece.Length, _type, isLast);
        if (_type == WebSocketMessageType.Text && (!piece.IsEmpty || isLast) && !_utf8.Accepts(target[..piece.Length], isLast))
            return Step.InvalidUtf8;
        if (isFrameOver)
            _isInFrame = false;
        if (isLast)
            _isInMessage = false;
        return Step.Done;
    }

    /// <summary>Reads a ping, a pong or a close.</summary>
    /// <returns>Whether it was a close.</returns>
    private async ValueTask<bool> ReceiveControlAsync()
    {
        var head = Head();
        await FillAsync(head.Bytes + (int)head.Length).ConfigureAwait(false);
        var payload = _buffer.AsMemory(_at + head.Bytes, (int)head.Length);
        _at += head.Bytes + payload.Length;
        FrameMask.Apply(payload.Span, payload.Span, head.Mask);
        if (head.Opcode != FrameHead.Close)
        {
            _frameLimiter?.CountPing();
            if (head.Opcode == FrameHead.Ping)
                await AnswerAsync(FrameHead.Pong, payload).ConfigureAwait(false);
            return false;
        }
        if (payload.IsEmpty)
        {
            (_closeStatus, _closeDescription) = (WebSocketCloseStatus.Empty, "");
        }
        else
        {
            var code = payload.Length == 1 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(payload.Span);
            // RFC 6455, section 7.4: 1004, 1005, 1006 and 1015 are never sent; unregistered codes below 3000 are invalid.
            if (code is not ((>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999)))
                throw await FaultAsync(WebSocketCloseStatus.ProtocolError, "Invalid close code.").ConfigureAwait(false);
            if (!Utf8.IsValid(payload.Span[2..]))
                throw await FaultAsync(WebSocketCloseStatus.InvalidPayloadData, "The reason of the close is not UTF-8.").ConfigureAwait(false);
            (_closeStatus, _closeDescription) = ((WebSocketCloseStatus)code, Encoding.UTF8.GetString(payload.Span[2..]));
        }
        _closeReceived = true;
        Release();
        return true;
    }

    // Sends the close with its reason, if the peer can still be reached.
    private async ValueTask<WebSocketException> FaultAsync(WebSocketCloseStatus status, string why)
    {
        Release();
        _keepAlive?.Stop();
        try
        {
            if (!_closeSent)
                await CloseOutputAsync(status, why, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
        }
        return new WebSocketException(WebSocketError.Faulted, why);
    }

    private ReadOnlySpan<byte> Buffered => _buffer.AsSpan(_at, _end - _at);

    private FrameHead Head() => FrameHead.TryRead(Buffered, out var head) ? head : default;

    // Reads until at least this many bytes are buffered.
    private async ValueTask FillAsync(int bytes)
    {
        while (_end - _at < bytes)
            Filled(await FillAsync().ConfigureAwait(false));
    }

    private bool IsShortMessage(in FrameHead head) =>
        head.Opcode is FrameHead.Text or FrameHead.Binary && head.IsLast && head.Length <= BufferBytes - FrameHead.MaxBytes && head.Fault(_isServer, isInMessage: false) is null;

    private bool IsPeerActive()
    {
        var now = _time.GetTimestamp();
        _shortWaits = _time.GetElapsedTime(_waitedAt, now) < ShortWait ? Math.Min(_shortWaits + 1, ShortWaits) : 0;
        _waitedAt = now;
        return _shortWaits == ShortWaits;
    }

    private void Prepend(ReadOnlySpan<byte> early)
    {
        if (early.IsEmpty)
            return;
        _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(BufferBytes, early.Length));
        early.CopyTo(_buffer);
        _end = early.Length;
    }

    // Called by the receiver only: no other thread knows whether a read into the buffer is in progress.
    private void Release()
    {
        if (_buffer is not null)
            ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, _at, _end) = (null, 0, 0);
    }
}
