using System.Buffers;
using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text;

namespace Parley.Server.Sockets;

internal sealed partial class FrameSocket
{
    private readonly SemaphoreSlim _sending = new(1, 1);
    private bool _isInSentMessage;

    /// <inheritdoc/>
    public override Task SendAsync(ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken) =>
        SendAsync(buffer.AsMemory(), messageType, endOfMessage, cancellationToken).AsTask();

    /// <inheritdoc/>
    public override ValueTask SendAsync(ReadOnlyMemory<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (messageType is not (WebSocketMessageType.Text or WebSocketMessageType.Binary))
            throw new ArgumentException("Only text and binary messages can be sent; call CloseOutputAsync to close.", nameof(messageType));
        var opcode = _isInSentMessage ? FrameHead.Continuation : messageType == WebSocketMessageType.Text ? FrameHead.Text : FrameHead.Binary;
        _isInSentMessage = !endOfMessage;
        return WriteAsync(opcode, endOfMessage, buffer);
    }

    /// <inheritdoc/>
    public override async Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var payload = new byte[FrameHead.MaxControlBytes];
        var length = 0;
        if (closeStatus != WebSocketCloseStatus.Empty)
        {
            BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)closeStatus);
            if (!Encoding.UTF8.TryGetBytes(statusDescription, payload.AsSpan(2), out var written))
                throw new ArgumentException("The reason must be at most 123 UTF-8 bytes long.", nameof(statusDescription));
            length = 2 + written;
        }
        await WriteAsync(FrameHead.Close, isLast: true, payload.AsMemory(0, length)).ConfigureAwait(false);
    }

    /// <summary>Sends a ping, unless a send is in progress.</summary>
    private bool TryPing()
    {
        if (_closeSent || _sending.CurrentCount == 0)
            return false;
        _ = AnswerAsync(FrameHead.Ping, default);
        return true;
    }

    // If the write fails, the receiver may still read what the peer has sent.
    private async Task AnswerAsync(int opcode, ReadOnlyMemory<byte> payload)
    {
        if (_closeSent)
            return;
        try
        {
            await WriteAsync(opcode, isLast: true, payload).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
        }
    }

    private ValueTask WriteAsync(int opcode, bool isLast, ReadOnlyMemory<byte> payload) =>
        _sending.Wait(0, CancellationToken.None) ? WriteAloneAsync(opcode, isLast, payload) : WaitAndWriteAsync(opcode, isLast, payload);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WaitAndWriteAsync(int opcode, bool isLast, ReadOnlyMemory<byte> payload)
    {
        await _sending.WaitAsync().ConfigureAwait(false);
        await WriteAloneAsync(opcode, isLast, payload).ConfigureAwait(false);
    }

    // Called with the semaphore; releases it.
    private ValueTask WriteAloneAsync(int opcode, bool isLast, ReadOnlyMemory<byte> payload)
    {
        if (_closeSent || _aborted)
        {
            _sending.Release();
            return ValueTask.FromException(_closeSent ? new WebSocketException(WebSocketError.InvalidState, "The close has been sent.") : Lost(null));
        }
        if (opcode == FrameHead.Close)
            _closeSent = true;
        var frame = ArrayPool<byte>.Shared.Rent(FrameHead.MaxBytes + payload.Length);
        ValueTask writing;
        try
        {
            writing = _stream.WriteAsync(frame.AsMemory(0, Fill(frame, opcode, isLast, payload.Span)), CancellationToken.None);
        }
        catch (Exception e) when (IsTransport(e))
        {
            writing = ValueTask.FromException(e);
        }
        if (!writing.IsCompletedSuccessfully)
            return FinishAsync(writing, frame);
        writing.GetAwaiter().GetResult();
        Written(frame);
        return default;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FinishAsync(ValueTask writing, byte[] frame)
    {
        try
        {
            await writing.ConfigureAwait(false);
        }
        catch (Exception e) when (IsTransport(e))
        {
            throw Lost(e);
        }
        finally
        {
            Written(frame);
        }
    }

    private int Fill(Span<byte> frame, int opcode, bool isLast, ReadOnlySpan<byte> payload)
    {
        if (_isServer)
        {
            var head = FrameHead.Write(frame, opcode, isLast, payload.Length, mask: null);
            payload.CopyTo(frame[head..]);
            return head + payload.Length;
        }
        var key = FrameMask.NextKey();
        var masked = FrameHead.Write(frame, opcode, isLast, payload.Length, key);
        FrameMask.Apply(payload, frame[masked..], key);
        return masked + payload.Length;
    }

    private void Written(byte[] frame)
    {
        ArrayPool<byte>.Shared.Return(frame);
        _sending.Release();
    }
}
