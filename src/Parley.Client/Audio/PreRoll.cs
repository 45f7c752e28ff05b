namespace Parley.Client.Audio;

/// <summary>
/// The last moments of a microphone that is not sent. People press the key while they begin to speak, and a server without activity detection
/// keeps nothing of what came before <c>activityStart</c> (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#66-manual-activity-detection">protocol 6.6</see>): this is replayed right behind it.
/// </summary>
internal sealed class PreRoll(TimeSpan length)
{
    private readonly byte[] _ring = new byte[Math.Max(0, (int)(length / MicrophoneSource.ChunkDuration)) * MicrophoneSource.ChunkBytes];
    private int _next;
    private int _count;

    /// <summary>Keeps a piece, and forgets the oldest where there is no room.</summary>
    internal void Keep(ReadOnlySpan<byte> chunk)
    {
        if (_ring.Length == 0)
            return;
        chunk.CopyTo(_ring.AsSpan(_next));
        _next = (_next + MicrophoneSource.ChunkBytes) % _ring.Length;
        _count = Math.Min(_count + MicrophoneSource.ChunkBytes, _ring.Length);
    }

    /// <summary>Gives what was kept, oldest first, and forgets it.</summary>
    internal byte[] Take()
    {
        var taken = new byte[_count];
        var start = _ring.Length == 0 ? 0 : (_next - _count + _ring.Length) % _ring.Length;
        var first = Math.Min(_count, _ring.Length - start);
        _ring.AsSpan(start, first).CopyTo(taken);
        _ring.AsSpan(0, _count - first).CopyTo(taken.AsSpan(first));
        (_next, _count) = (0, 0);
        return taken;
    }
}
