namespace Parley.Client.Audio;

/// <summary>Splits audio of any size into messages of whole samples and at most 100 ms; an odd byte waits for the next call.</summary>
internal sealed class MicrophoneCutter
{
    // 100 ms is the longest message in common use. Longer ones delay the server's activity detection.
    private const int MessagesPerSecond = 10;

    private byte[] _joined = [];
    private byte _odd;
    private bool _hasOdd;
    private int _rateHz;

    /// <summary>Takes the next message from the front of <paramref name="pcm"/>; it is valid until the next call.</summary>
    internal bool TryTake(ref ReadOnlyMemory<byte> pcm, int rateHz, out ReadOnlyMemory<byte> piece)
    {
        if (rateHz != _rateHz)
            Clear();
        _rateHz = rateHz;
        var most = rateHz / MessagesPerSecond * 2;
        piece = default;
        if (_hasOdd)
            return TryJoin(ref pcm, most, out piece);
        if (pcm.Length < 2)
        {
            if (pcm.Length == 1)
                (_odd, _hasOdd) = (pcm.Span[0], true);
            pcm = default;
            return false;
        }
        var take = Math.Min(pcm.Length, most) & ~1;
        piece = pcm[..take];
        pcm = pcm[take..];
        return true;
    }

    /// <summary>Drops the odd byte: the stream ended. False if there was none.</summary>
    internal bool Clear()
    {
        var had = _hasOdd;
        _hasOdd = false;
        return had;
    }

    private bool TryJoin(ref ReadOnlyMemory<byte> pcm, int most, out ReadOnlyMemory<byte> piece)
    {
        piece = default;
        if (pcm.IsEmpty)
            return false;
        var take = Math.Min(pcm.Length, most - 1);
        take -= 1 - (take & 1);
        if (_joined.Length < most)
            _joined = new byte[most];
        _joined[0] = _odd;
        pcm.Span[..take].CopyTo(_joined.AsSpan(1));
        _hasOdd = false;
        piece = _joined.AsMemory(0, take + 1);
        pcm = pcm[take..];
        return true;
    }
}
