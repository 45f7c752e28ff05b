using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Parley.Server.Sockets;
using Parley.Server.Wire;

namespace Parley.Testing.Wire;

/// <summary>Writes frames of RFC 6455.</summary>
internal static class Frames
{
    internal const int Continuation = FrameHead.Continuation, Text = FrameHead.Text, Binary = FrameHead.Binary, Close = FrameHead.Close,
        Ping = FrameHead.Ping, Pong = FrameHead.Pong;

    /// <param name="opcode">Opcode; with reserved bits, if they are wanted.</param>
    /// <param name="isFinal">Whether it is the last frame of its message.</param>
    /// <param name="payload">The payload, not masked.</param>
    /// <param name="mask">Mask of a client's frame; null for a server's.</param>
    internal static byte[] Encode(int opcode, bool isFinal, ReadOnlySpan<byte> payload, uint? mask)
    {
        Span<byte> head = stackalloc byte[FrameHead.MaxBytes];
        head = head[..FrameHead.Write(head, opcode, isFinal, payload.Length, mask)];
        var frame = new byte[head.Length + payload.Length];
        head.CopyTo(frame);
        FrameMask.Apply(payload, frame.AsSpan(head.Length), mask ?? 0);
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
}

/// <summary>Part of a stream of frames.</summary>
/// <param name="Opcode">Text, binary, or of a control frame; null: bytes to pass as they are.</param>
/// <param name="Payload">The whole message, the payload of the control frame, or the bytes.</param>
internal readonly record struct FrameItem(int? Opcode, byte[] Payload);

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
    private int _messageOpcode, _opcode;
    private bool _isFinal, _passes, _isBroken, _inFrame;
    private long _left;
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
        Span<byte> bytes = stackalloc byte[FrameHead.MaxBytes];
        bytes = bytes[..(int)Math.Min(buffer.Length, bytes.Length)];
        buffer.Slice(0, bytes.Length).CopyTo(bytes);
        if (bytes.Length < 2)
            return false;
        var isKnown = IsKnown(bytes[0]);
        var isWhole = FrameHead.TryRead(bytes, out var head);
        if (!isWhole && isKnown)
            return false;
        if (!isKnown || head.Fault(masked: fromClient, isInMessage: _messageOpcode != 0) is not null || (!head.IsControl && !Fits(head.Length)))
        {
            _isBroken = true;
            passes = TakeBegun();
            return true;
        }
        (_opcode, _isFinal, _left, _mask) = (head.Opcode, head.IsLast, (long)head.Length, head.Mask);
        if (_opcode is Frames.Text or Frames.Binary)
            (_messageOpcode, _passes) = (_opcode, !isWatching());
        _inFrame = true;
        buffer = buffer.Slice(head.Bytes);
        if (_passes && _opcode < Frames.Close)
        {
            passes = bytes[..head.Bytes].ToArray();
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
            _mask = FrameMask.Apply(span, span, _mask);
        target.Advance(span.Length);
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

    private bool Fits(ulong length) => (ulong)_message.WrittenCount + length <= MaxMessageBytes;

    // The fragments of a message that does not go on by the rules.
    private byte[]? TakeBegun() =>
        _messageOpcode == 0 || _passes ? null : Frames.Encode(_messageOpcode, isFinal: false, _message.WrittenSpan, fromClient ? 0u : null);
}
