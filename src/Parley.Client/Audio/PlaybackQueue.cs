namespace Parley.Client.Audio;

/// <summary>A queue of bytes: a ring buffer that grows as needed and then allocates nothing. Guarded by its owner.</summary>
internal sealed class PlaybackQueue(int maxBytes)
{
    private byte[] _ring = new byte[Math.Min(maxBytes, 64 << 10)];
    private int _head;

    internal int Count { get; private set; }

    internal int Free => maxBytes - Count;

    /// <summary>Appends as much as there is room for, and returns how much that was.</summary>
    internal int Write(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes[..Math.Min(bytes.Length, Free)];
        if (Count + bytes.Length > _ring.Length)
            Grow(Count + bytes.Length);
        var tail = (_head + Count) % _ring.Length;
        var first = Math.Min(bytes.Length, _ring.Length - tail);
        bytes[..first].CopyTo(_ring.AsSpan(tail));
        bytes[first..].CopyTo(_ring);
        Count += bytes.Length;
        return bytes.Length;
    }

    /// <summary>Removes whole samples from the front.</summary>
    internal int ReadSamples(Span<byte> piece)
    {
        var length = Math.Min(piece.Length, Count) & ~1;
        var first = Math.Min(length, _ring.Length - _head);
        _ring.AsSpan(_head, first).CopyTo(piece);
        _ring.AsSpan(0, length - first).CopyTo(piece[first..]);
        _head = (_head + length) % _ring.Length;
        Count -= length;
        return length;
    }

    /// <summary>Drops half a sample at the end: its other half will not come.</summary>
    internal void DropOddByte() => Count &= ~1;

    internal void Clear() => (_head, Count) = (0, 0);

    private void Grow(int needed)
    {
        var larger = new byte[Math.Min(maxBytes, Math.Max(needed, _ring.Length * 2))];
        var first = Math.Min(Count, _ring.Length - _head);
        _ring.AsSpan(_head, first).CopyTo(larger);
        _ring.AsSpan(0, Count - first).CopyTo(larger.AsSpan(first));
        (_ring, _head) = (larger, 0);
    }
}
