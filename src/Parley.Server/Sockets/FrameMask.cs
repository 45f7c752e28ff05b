using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Parley.Server.Sockets;

/// <summary>Masking (RFC 6455, section 5.3): the payload of a client's frame, xored with four bytes nobody can foretell.</summary>
internal static class FrameMask
{
    // Asking the system for four bytes at a time costs more than all else that is done for a frame of sound.
    private const int KeysDrawn = 256;

    [ThreadStatic]
    private static uint[]? _keys;

    [ThreadStatic]
    private static int _left;

    /// <summary>A new key, of a generator fit for cryptography; each is used once.</summary>
    internal static uint NextKey()
    {
        if (_left == 0)
        {
            RandomNumberGenerator.Fill(MemoryMarshal.AsBytes((_keys ??= new uint[KeysDrawn]).AsSpan()));
            _left = KeysDrawn;
        }
        return _keys![--_left];
    }

    /// <summary>Masks or unmasks, which is the same; <paramref name="target"/> may be where <paramref name="source"/> is.</summary>
    /// <returns>The key turned, as the bytes that follow need it.</returns>
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
