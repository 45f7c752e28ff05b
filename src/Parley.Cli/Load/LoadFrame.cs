using System.Buffers.Binary;
using System.Text;

namespace Parley.Cli.Load;

/// <summary>
/// WebSocket frames of a client, encoded before the load begins and shared by all sessions. A client must mask its frames; all of these have the
/// same key, so that a frame is masked once and not once for each session.
/// </summary>
internal static class LoadFrame
{
    internal const byte Continuation = 0, Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10;

    private const byte Final = 0x80, Masked = 0x80;
    private const int Length16 = 126, Length64 = 127;

    // Any key would do.
    private static readonly byte[] Mask = [0x37, 0xfa, 0x21, 0x3d];

    /// <summary>Closes with 1000.</summary>
    internal static readonly byte[] NormalClosure = Encode(Close, [0x03, 0xe8]);

    internal static byte[] OfText(string text) => Encode(Text, Encoding.UTF8.GetBytes(text));

    internal static byte[] Encode(byte opcode, ReadOnlySpan<byte> payload)
    {
        var lengthBytes = payload.Length < Length16 ? 0 : payload.Length <= ushort.MaxValue ? 2 : 8;
        var frame = new byte[2 + lengthBytes + Mask.Length + payload.Length];
        frame[0] = (byte)(Final | opcode);
        frame[1] = (byte)(Masked | (lengthBytes == 0 ? payload.Length : lengthBytes == 2 ? Length16 : Length64));
        if (lengthBytes == 2)
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)payload.Length);
        else if (lengthBytes == 8)
            BinaryPrimitives.WriteUInt64BigEndian(frame.AsSpan(2), (ulong)payload.Length);
        Mask.CopyTo(frame, 2 + lengthBytes);
        var body = frame.AsSpan(2 + lengthBytes + Mask.Length);
        for (var i = 0; i < payload.Length; i++)
            body[i] = (byte)(payload[i] ^ Mask[i % Mask.Length]);
        return frame;
    }

    /// <summary>Reads the header of a server's frame.</summary>
    /// <returns>False if more bytes are needed.</returns>
    /// <exception cref="LoadFailure">No frame of a server.</exception>
    internal static bool TryReadHeader(ReadOnlySpan<byte> bytes, out byte opcode, out bool isFinal, out int headerLength, out long length)
    {
        (opcode, isFinal, headerLength, length) = (0, false, 0, 0);
        if (bytes.Length < 2)
            return false;
        (opcode, isFinal) = ((byte)(bytes[0] & 0x0f), (bytes[0] & Final) != 0);
        if ((bytes[0] & 0x70) != 0 || (bytes[1] & Masked) != 0 || opcode is not (Continuation or Text or Binary or Close or Ping or Pong))
            throw new LoadFailure("invalid frame");
        var code = bytes[1];
        headerLength = code switch { Length16 => 4, Length64 => 10, _ => 2 };
        if (bytes.Length < headerLength)
            return false;
        length = code switch
        {
            Length16 => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            Length64 => BinaryPrimitives.ReadInt64BigEndian(bytes[2..]),
            _ => code,
        };
        if (length < 0 || (opcode >= Close && (length >= Length16 || !isFinal)))
            throw new LoadFailure("invalid frame");
        return true;
    }
}

/// <summary>Why a session of the load failed, in a few words: the reports count sessions by it.</summary>
internal sealed class LoadFailure(string reason) : Exception(reason);
