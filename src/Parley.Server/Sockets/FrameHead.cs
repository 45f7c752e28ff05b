using System.Buffers.Binary;

namespace Parley.Server.Sockets;

/// <summary>The header of a WebSocket frame (RFC 6455, section 5.2).</summary>
internal readonly struct FrameHead
{
    internal const int MaxBytes = 14;

    /// <summary>Longest payload of a ping, a pong or a close.</summary>
    internal const int MaxControlBytes = 125;

    internal const int Continuation = 0, Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10;

    private const int FinBit = 0x80, ReservedBits = 0x70, OpcodeBits = 0x0f, MaskBit = 0x80, LengthBits = 0x7f;
    private const int TwoBytes = 126, EightBytes = 127;

    private readonly byte _first;

    private FrameHead(byte first, bool isMasked, ulong length, uint mask, int bytes) =>
        (_first, IsMasked, Length, Mask, Bytes) = (first, isMasked, length, mask, bytes);

    internal int Opcode => _first & OpcodeBits;

    internal bool IsLast => (_first & FinBit) != 0;

    internal bool IsControl => Opcode >= Close;

    internal bool IsMasked { get; }

    /// <summary>Length of the payload in bytes.</summary>
    internal ulong Length { get; }

    /// <summary>The masking key, first byte lowest; 0 if the frame is not masked.</summary>
    internal uint Mask { get; }

    /// <summary>Length of the header in bytes.</summary>
    internal int Bytes { get; }

    /// <summary>The protocol error in this header; null if it is valid.</summary>
    /// <param name="masked">Whether frames of this peer must be masked: those of clients must.</param>
    /// <param name="isInMessage">Whether a fragmented message is in progress.</param>
    internal string? Fault(bool masked, bool isInMessage)
    {
        if ((_first & ReservedBits) != 0)
            return "A reserved bit is set.";
        if (Opcode is > Binary and < Close or > Pong)
            return "Unknown opcode.";
        if (IsMasked != masked)
            return masked ? "Frames of a client must be masked." : "Frames of a server must not be masked.";
        if (IsControl)
            return !IsLast || Length > MaxControlBytes ? "A control frame must be at most 125 bytes long and not fragmented." : null;
        if (Length > long.MaxValue)
            return "The frame is too long.";
        return (Opcode == Continuation) == isInMessage ? null : isInMessage ? "A new message began before the last fragment of the previous one." : "A continuation frame without a message to continue.";
    }

    /// <summary>Reads the header at the start of <paramref name="bytes"/>; false if it is incomplete.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, out FrameHead head)
    {
        head = default;
        if (bytes.Length < 2)
            return false;
        var isMasked = (bytes[1] & MaskBit) != 0;
        var (length, at) = (bytes[1] & LengthBits) switch { TwoBytes => (0UL, 4), EightBytes => (0UL, 10), var small => ((ulong)small, 2) };
        if (bytes.Length < at + (isMasked ? 4 : 0))
            return false;
        if (at == 4)
            length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        else if (at == 10)
            length = BinaryPrimitives.ReadUInt64BigEndian(bytes[2..]);
        head = isMasked
            ? new FrameHead(bytes[0], true, length, BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]), at + 4)
            : new FrameHead(bytes[0], false, length, 0, at);
        return true;
    }

    /// <summary>Writes a header in its shortest form.</summary>
    /// <returns>Its length.</returns>
    internal static int Write(Span<byte> target, int opcode, bool isLast, int length, uint? mask)
    {
        target[0] = (byte)(opcode | (isLast ? FinBit : 0));
        var at = 2;
        if (length < TwoBytes)
        {
            target[1] = (byte)length;
        }
        else if (length <= ushort.MaxValue)
        {
            target[1] = TwoBytes;
            BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)length);
            at = 4;
        }
        else
        {
            target[1] = EightBytes;
            BinaryPrimitives.WriteUInt64BigEndian(target[2..], (ulong)length);
            at = 10;
        }
        if (mask is not { } key)
            return at;
        target[1] |= MaskBit;
        BinaryPrimitives.WriteUInt32LittleEndian(target[at..], key);
        return at + 4;
    }
}
