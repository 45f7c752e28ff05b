using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Parley.Server.Sockets;

/// <summary>Masking (RFC 6455, section 5.3): the payload of a client's frame is XORed with an unpredictable 4-byte key.</summary>
internal static class FrameMask
{
    // Drawing four random bytes at a time costs more than everything else that is done for an audio frame.
    private const int KeysDrawn = 256;

    [ThreadStatic]
    private static uint[]? _keys;

    [ThreadStatic]
    private static int _left;

    /// <summary>A new key from a cryptographic generator; each is used once.</summary>
    internal static uint NextKey()
    {
        if (_left == 0)
        {
            RandomNumberGenerator.Fill(MemoryMarshal.AsBytes((_keys ??= new uint[KeysDrawn]).AsSpan()));
            _left = KeysDrawn;
        }
        return _keys![--_left];
    }

    /// <summary>Masks or unmasks, which is the same operation; in place if both spans are the same.</summary>
    /// <returns>The key rotated for the bytes that follow.</returns>
    internal static uint Apply(ReadOnlySpan<byte> source, Span<byte> target, uint key)
    {
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(target[..source.Length]);
        var (at, length) = ((nuint)0, (nuint)source.Length);
        for (var wide = Vector256.Create(key).AsByte(); at + 32 <= length; at += 32)
            (Vector256.LoadUnsafe(ref from, at) ^ wide).StoreUnsafe(ref to, at);
        for (; at < length; at++)
            target[(int)at] = (byte)(source[(int)at] ^ (key >> (8 * (int)(at & 3))));
        return BitOperations.RotateRight(key, 8 * (source.Length & 3));
    }
}
