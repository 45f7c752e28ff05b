using Parley.Server.Sockets;
using Parley.Testing.Wire;

namespace Parley.Testing.Conformance.Sockets;

/// <summary>
/// A WebSocket client by hand (RFC 6455), so that nothing is forgiven on the way: it can send any frame, and notes what no server may send. One reader and
/// one writer at a time.
/// </summary>
internal sealed class ProbeSocket(Stream stream) : IAsyncDisposable
{
    /// <summary>Above any message of a Live server.</summary>
    private const int MaxMessageBytes = 64 << 20;

    private readonly SemaphoreSlim _sending = new(1, 1);

    /// <summary>What the server did that RFC 6455 forbids.</summary>
    internal List<string> Violations { get; } = [];

    /// <summary>Sends one frame, masked as a client must.</summary>
    internal async Task SendFrameAsync(int opcode, ReadOnlyMemory<byte> payload, bool isLast, int reserved, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await stream.WriteAsync(Frames.Encode(opcode | reserved, isLast, payload.Span, FrameMask.NextKey()), cancellationToken).ConfigureAwait(false);
            await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Sends bytes as they are.</summary>
    internal async Task SendRawAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Receives the next message, close or pong. Pings are answered.</summary>
    internal async Task<ProbeMessage> ReceiveAsync(CancellationToken cancellationToken)
    {
        MemoryStream? parts = null;
        var kind = 0;
        while (true)
        {
            (int Head, byte[] Payload) frame;
            try
            {
                frame = await ReadFrameAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (IOException)
            {
                return new(ProbeMessage.Lost, default);
            }
            var opcode = frame.Head & 0x0F;
            if ((frame.Head & 0x70) != 0)
                Violations.Add("a frame has reserved bits, but no extension was negotiated");
            switch (opcode)
            {
                case ProbeMessage.Ping:
                    await SendFrameAsync(ProbeMessage.Pong, frame.Payload, true, 0, cancellationToken).ConfigureAwait(false);
                    continue;
                case ProbeMessage.Close or ProbeMessage.Pong:
                    return new(opcode, frame.Payload);
                case 0 when parts is null:
                    Violations.Add("a continuation frame came without a message");
                    break;
                case not 0 when parts is not null:
                    Violations.Add("a message began inside another");
                    break;
            }
            if (opcode != 0)
                kind = opcode;
            var isLast = (frame.Head & 0x80) != 0;
            if (isLast && parts is null)
                return new(kind, frame.Payload);
            parts ??= new MemoryStream();
            parts.Write(frame.Payload);
            if (parts.Length > MaxMessageBytes)
                throw new IOException($"The server sent a message of more than {MaxMessageBytes} bytes.");
            if (isLast)
                return new(kind, parts.ToArray());
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync().ConfigureAwait(false);
        _sending.Dispose();
    }

    private async Task<(int Head, byte[] Payload)> ReadFrameAsync(CancellationToken cancellationToken)
    {
        var bytes = new byte[FrameHead.MaxBytes];
        await stream.ReadExactlyAsync(bytes.AsMemory(0, 2), cancellationToken).ConfigureAwait(false);
        FrameHead head;
        for (var read = 2; !FrameHead.TryRead(bytes.AsSpan(0, read), out head); read++)
            await stream.ReadExactlyAsync(bytes.AsMemory(read, 1), cancellationToken).ConfigureAwait(false);
        if (head.Length > MaxMessageBytes)
            throw new IOException($"The server sent a frame with {head.Length} bytes.");
        if (head.IsMasked)
            Violations.Add("a frame of the server is masked");
        var payload = new byte[head.Length];
        await stream.ReadExactlyAsync(payload, cancellationToken).ConfigureAwait(false);
        FrameMask.Apply(payload, payload, head.Mask);
        return (bytes[0], payload);
    }
}
