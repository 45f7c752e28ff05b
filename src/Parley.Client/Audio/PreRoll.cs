namespace Parley.Client.Audio;

/// <summary>
/// The newest audio of a microphone that is not being sent. Users press the key while they begin to speak, and with manual detection a
/// server
/// ignores audio before <c>activityStart</c> (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#66-manual-activity-detection">protocol 6.6</see>): the pre-roll is sent right after it.
/// </summary>
internal sealed class PreRoll(TimeSpan length)
{
    private readonly byte[] _ring = new byte[Math.Max(0, (int)(length / MicrophoneSource.ChunkDuration)) * MicrophoneSource.ChunkBytes];
    private int _next;
    private int _count;

    /// <summary>Keeps a piece; drops the oldest if there is no room.</summary>
    internal void Keep(ReadOnlySpan<byte> chunk)
    {
        if (_ring.Length == 0)
            return;
        chunk.CopyTo(_ring.AsSpan(_next));
        _next = (_next + MicrophoneSource.ChunkBytes) % _ring.Length;
        _count = Math.Min(_count + MicrophoneSource.ChunkBytes, _ring.Length);
    }

    /// <summary>Returns the kept audio, oldest first, and clears it.</summary>
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
