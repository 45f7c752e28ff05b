using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Parley.Server.Wire;

namespace Parley.Testing.Wire;

/// <summary>Writes frames of RFC 6455.</summary>
internal static class Frames
{
    internal const byte Continuation = 0, Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10;

    /// <param name="opcode">Opcode.</param>
    /// <param name="isFinal">Whether it is the last frame of its message.</param>
    /// <param name="payload">The payload, not masked.</param>
    /// <param name="mask">Mask of a client's frame; null for a server's.</param>
    internal static byte[] Encode(byte opcode, bool isFinal, ReadOnlySpan<byte> payload, uint? mask)
    {
        var extended = payload.Length switch { < 126 => 0, <= ushort.MaxValue => 2, _ => 8 };
        var head = 2 + extended + (mask is null ? 0 : 4);
        var frame = new byte[head + payload.Length];
        frame[0] = (byte)(opcode | (isFinal ? 0x80 : 0));
        frame[1] = (byte)((mask is null ? 0 : 0x80) | extended switch { 0 => payload.Length, 2 => 126, _ => 127 });
        if (extended == 2)
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)payload.Length);
        else if (extended == 8)
            BinaryPrimitives.WriteUInt64BigEndian(frame.AsSpan(2), (ulong)payload.Length);
        payload.CopyTo(frame.AsSpan(head));
        if (mask is { } key)
        {
            BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(head - 4), key);
            Mask(frame.AsSpan(head), key, 0);
        }
        return frame;
    }

    internal static byte[] ClosePayload(int code, string reason)
    {
        var text = CloseReason.Cut(reason);
        var payload = new byte[2 + Encoding.UTF8.GetByteCount(text)];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
        Encoding.UTF8.GetBytes(text, payload.AsSpan(2));
        return payload;
    }

    /// <summary>Masks or unmasks bytes that begin at an offset of their payload.</summary>
    internal static void Mask(Span<byte> payload, uint key, long offset)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, key);
        for (var i = 0; i < payload.Length; i++)
            payload[i] ^= bytes[(int)((offset + i) & 3)];
    }
}

/// <summary>Part of a stream of frames.</summary>
/// <param name="Opcode">Text, binary, or of a control frame; null: bytes to pass as they are.</param>
/// <param name="Payload">The whole message, the payload of the control frame, or the bytes.</param>
internal readonly record struct FrameItem(byte? Opcode, byte[] Payload);

/// <summary>
/// Reads frames of one direction: whole messages, control frames between them. A stream that breaks the rules passes as it is from there on, for the peer to
/// judge; so do messages that nothing wants to see.
/// </summary>
internal sealed class FrameReader(bool fromClient, Func<bool> isWatching)
{
    /// <summary>Above the limits of the server and of the service; a longer message passes unseen.</summary>
    private const long MaxMessageBytes = 64 << 20;

    private readonly ArrayBufferWriter<byte> _message = new();
    private readonly ArrayBufferWriter<byte> _control = new();
    private byte _messageOpcode, _opcode;
    private bool _isFinal, _passes, _isBroken, _inFrame;
    private long _left, _offset;
    private uint _mask;

    /// <summary>Takes the next item from the buffer; false if it holds no further one.</summary>
    internal bool TryRead(ref ReadOnlySequence<byte> buffer, out FrameItem item)
    {
        // A frame without payload ends with its head.
        while (!buffer.IsEmpty || (_inFrame && _left == 0))
        {
            if (_isBroken)
            {
                item = new(null, buffer.ToArray());
                buffer = buffer.Slice(buffer.End);
                return true;
            }
            if (!_inFrame)
            {
                if (!TryReadHead(ref buffer, out var head))
                    break;
                if (head is not null)
                {
                    item = new(null, head);
                    return true;
                }
            }
            if (TryReadPayload(ref buffer, out item))
                return true;
        }
        item = default;
        return false;
    }

    // False: not all there. Bytes: they pass.
    private bool TryReadHead(ref ReadOnlySequence<byte> buffer, out byte[]? passes)
    {
        passes = null;
        Span<byte> head = stackalloc byte[14];
        var available = (int)Math.Min(buffer.Length, head.Length);
        buffer.Slice(0, available).CopyTo(head);
        if (available < 2)
            return false;
        var isMasked = (head[1] & 0x80) != 0;
        var extended = (head[1] & 0x7F) switch { 126 => 2, 127 => 8, _ => 0 };
        var length = 2 + extended + (isMasked ? 4 : 0);
        var isKnown = IsKnown(head[0]);
        if (available < length && isKnown)
            return false;
        var payload = extended switch
        {
            2 => BinaryPrimitives.ReadUInt16BigEndian(head[2..]),
            8 => BinaryPrimitives.ReadUInt64BigEndian(head[2..]),
            _ => (ulong)(head[1] & 0x7F),
        };
        if (!isKnown || !IsValid(head[0], payload, isMasked))
        {
            _isBroken = true;
            passes = TakeBegun();
            return true;
        }
        (_opcode, _isFinal, _left, _offset) = ((byte)(head[0] & 0x0F), (head[0] & 0x80) != 0, (long)payload, 0);
        _mask = isMasked ? BinaryPrimitives.ReadUInt32BigEndian(head[(length - 4)..]) : 0;
        if (_opcode is Frames.Text or Frames.Binary)
            (_messageOpcode, _passes) = (_opcode, !isWatching());
        _inFrame = true;
        buffer = buffer.Slice(length);
        if (_passes && _opcode < Frames.Close)
        {
            passes = head[..length].ToArray();
            EndPassedFrame();
        }
        return true;
    }

    private bool TryReadPayload(ref ReadOnlySequence<byte> buffer, out FrameItem item)
    {
        item = default;
        if (!_inFrame)
            return false;
        var part = buffer.Slice(0, Math.Min(buffer.Length, _left));
        buffer = buffer.Slice(part.End);
        _left -= part.Length;
        if (_passes && _opcode < Frames.Close)
        {
            EndPassedFrame();
            item = new(null, part.ToArray());
            return true;
        }
        var target = _opcode >= Frames.Close ? _control : _message;
        var span = target.GetSpan((int)Math.Max(1, part.Length))[..(int)part.Length];
        part.CopyTo(span);
        if (fromClient)
            Frames.Mask(span, _mask, _offset);
        target.Advance(span.Length);
        _offset += span.Length;
        if (_left > 0)
            return false;
        _inFrame = false;
        if (!_isFinal)
            return false;
        item = new(_opcode >= Frames.Close ? _opcode : _messageOpcode, target.WrittenSpan.ToArray());
        target.ResetWrittenCount();
        if (target == _message)
            _messageOpcode = 0;
        return true;
    }

    private void EndPassedFrame()
    {
        if (_left > 0)
            return;
        _inFrame = false;
        if (_isFinal)
            _messageOpcode = 0;
    }

    private static bool IsKnown(byte first) =>
        (first & 0x70) == 0 && (first & 0x0F) is Frames.Continuation or Frames.Text or Frames.Binary or Frames.Close or Frames.Ping or Frames.Pong;

    private bool IsValid(byte first, ulong length, bool isMasked)
    {
        if (isMasked != fromClient || length > long.MaxValue)
            return false;
        var isFinal = (first & 0x80) != 0;
        return (first & 0x0F) switch
        {
            Frames.Continuation => _messageOpcode != 0 && Fits(length),
            Frames.Text or Frames.Binary => _messageOpcode == 0 && Fits(length),
            _ => isFinal && length <= 125,
        };
    }

    private bool Fits(ulong length) => (ulong)_message.WrittenCount + length <= MaxMessageBytes;

    // The fragments of a message that does not go on by the rules.
    private byte[]? TakeBegun() =>
        _messageOpcode == 0 || _passes ? null : Frames.Encode(_messageOpcode, isFinal: false, _message.WrittenSpan, fromClient ? 0u : null);
}
