using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Parley.Server.Sockets;

/// <summary>Incremental UTF-8 validation of a message: a character may be split between two pieces.</summary>
internal struct Utf8Check
{
    private uint _carried; // the first bytes of an incomplete character, first byte lowest
    private int _carriedBytes;

    /// <summary>Checks the next piece.</summary>
    /// <param name="piece">Some bytes of the message.</param>
    /// <param name="isLast">Whether the message ends with it.</param>
    /// <returns>False if the text so far is not valid UTF-8.</returns>
    internal bool Accepts(ReadOnlySpan<byte> piece, bool isLast)
    {
        Span<byte> character = stackalloc byte[4];
        while (_carriedBytes > 0 && !piece.IsEmpty)
        {
            _carried |= (uint)piece[0] << (8 * _carriedBytes++);
            piece = piece[1..];
            BinaryPrimitives.WriteUInt32LittleEndian(character, _carried);
            switch (Rune.DecodeFromUtf8(character[.._carriedBytes], out _, out _))
            {
                case OperationStatus.Done:
                    (_carried, _carriedBytes) = (0, 0);
                    break;
                case OperationStatus.InvalidData:
                    return false;
            }
        }
        if (_carriedBytes == 0)
        {
            var whole = isLast ? piece.Length : piece.Length - Begun(piece);
            if (!Utf8.IsValid(piece[..whole]))
                return false;
            foreach (var left in piece[whole..])
                _carried |= (uint)left << (8 * _carriedBytes++);
        }
        return !isLast || _carriedBytes == 0;
    }

    // Number of bytes at the end that begin an incomplete character.
    private static int Begun(ReadOnlySpan<byte> piece)
    {
        for (var back = 1; back <= Math.Min(3, piece.Length); back++)
        {
            if ((piece[^back] & 0xc0) != 0x80)
                return Rune.DecodeFromUtf8(piece[^back..], out _, out _) == OperationStatus.NeedMoreData ? back : 0;
        }
        return 0;
    }
}
