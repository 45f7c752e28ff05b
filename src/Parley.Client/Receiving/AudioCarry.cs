using Parley.Protocol;

namespace Parley.Client;

/// <summary>
/// Keeps the odd byte at the end of one audio part for the next, so that every update holds whole samples (reference section 14, quirk 4).
/// </summary>
internal sealed class AudioCarry
{
    private byte _byte;
    private bool _full;
    private int _rateHz;

    /// <summary>Decodes straight from the message into the memory the update owns. False where the base64 is broken.</summary>
    internal bool TryDecode(AudioChunk chunk, out AudioUpdate? update)
    {
        var kept = Kept(chunk.RateHz);
        var memory = GC.AllocateUninitializedArray<byte>(kept + chunk.PcmBytes);
        update = null;
        if (!chunk.TryDecode(memory.AsSpan(kept), out var written))
            return false;
        update = Finish(memory, kept, written, chunk.RateHz, raw: null);
        return true;
    }

    /// <summary>The same for a part that was parsed already; null where the part is less than one sample.</summary>
    internal AudioUpdate? Join(ReadOnlyMemory<byte> part, int rateHz, LiveSessionResponse raw)
    {
        var kept = Kept(rateHz);
        if (kept == 0 && part.Length % 2 == 0)
            return part.Length == 0 ? null : new AudioUpdate(part, rateHz) { Raw = raw };
        var memory = GC.AllocateUninitializedArray<byte>(kept + part.Length);
        part.CopyTo(memory.AsMemory(kept));
        return Finish(memory, kept, part.Length, rateHz, raw);
    }

    /// <summary>What follows is another answer: its samples do not continue the last ones.</summary>
    internal void Clear() => _full = false;

    private int Kept(int rateHz)
    {
        if (rateHz != _rateHz)
            Clear();
        _rateHz = rateHz;
        return _full ? 1 : 0;
    }

    private AudioUpdate? Finish(byte[] memory, int kept, int written, int rateHz, LiveSessionResponse? raw)
    {
        var length = kept + written;
        if (kept == 1)
            memory[0] = _byte;
        _full = length % 2 == 1;
        if (_full)
            _byte = memory[length - 1];
        var whole = length & ~1;
        if (whole == 0)
            return null;
        var pcm = memory.AsMemory(0, whole);
        return raw is null
            ? new AudioUpdate(pcm, rateHz) { WirePart = memory.AsMemory(kept, written) }
            : new AudioUpdate(pcm, rateHz) { Raw = raw };
    }
}
