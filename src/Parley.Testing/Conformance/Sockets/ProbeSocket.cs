using System.Buffers.Binary;
using System.Security.Cryptography;

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
            await stream.WriteAsync(Encode(opcode, payload.Span, isLast, reserved), cancellationToken).ConfigureAwait(false);
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

    private static byte[] Encode(int opcode, ReadOnlySpan<byte> payload, bool isLast, int reserved)
    {
        var lengthBytes = payload.Length < 126 ? 0 : payload.Length <= ushort.MaxValue ? 2 : 8;
        var frame = new byte[2 + lengthBytes + 4 + payload.Length];
        frame[0] = (byte)((isLast ? 0x80 : 0) | reserved | opcode);
        frame[1] = (byte)(0x80 | (lengthBytes switch { 0 => payload.Length, 2 => 126, _ => 127 }));
        if (lengthBytes == 2)
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)payload.Length);
        else if (lengthBytes == 8)
            BinaryPrimitives.WriteUInt64BigEndian(frame.AsSpan(2), (ulong)payload.Length);
        var mask = frame.AsSpan(2 + lengthBytes, 4);
        RandomNumberGenerator.Fill(mask);
        var body = frame.AsSpan(6 + lengthBytes);
        for (var i = 0; i < payload.Length; i++)
            body[i] = (byte)(payload[i] ^ mask[i & 3]);
        return frame;
    }

    private async Task<(int Head, byte[] Payload)> ReadFrameAsync(CancellationToken cancellationToken)
    {
        var head = new byte[14];
        await stream.ReadExactlyAsync(head.AsMemory(0, 2), cancellationToken).ConfigureAwait(false);
        long length = head[1] & 0x7F;
        if (length >= 126)
        {
            var bytes = length == 126 ? 2 : 8;
            await stream.ReadExactlyAsync(head.AsMemory(2, bytes), cancellationToken).ConfigureAwait(false);
            length = bytes == 2 ? BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(2)) : BinaryPrimitives.ReadInt64BigEndian(head.AsSpan(2));
        }
        if (length is < 0 or > MaxMessageBytes)
            throw new IOException($"The server sent a frame with {length} bytes.");
        var mask = new byte[4];
        if ((head[1] & 0x80) != 0)
        {
            Violations.Add("a frame of the server is masked");
            await stream.ReadExactlyAsync(mask, cancellationToken).ConfigureAwait(false);
        }
        var payload = new byte[length];
        await stream.ReadExactlyAsync(payload, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < payload.Length && (head[1] & 0x80) != 0; i++)
            payload[i] ^= mask[i & 3];
        return (head[0], payload);
    }
}
