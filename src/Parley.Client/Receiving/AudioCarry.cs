using Parley.Protocol;

namespace Parley.Client.Receiving;

/// <summary>
/// Keeps the odd byte at the end of an audio part for the next part, so that every update contains whole samples (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#14-quirks-a-client-must-survive">protocol 14</see>, quirk 4).
/// </summary>
internal sealed class AudioCarry
{
    private byte _byte;
    private bool _full;
    private int _rateHz;

    /// <summary>Reusable updates, for a reader with a sink; else null.</summary>
    internal AudioPool? Pool { get; set; }

    /// <summary>Decodes from the message into the memory that the update owns; false if the base64 is invalid.</summary>
    internal bool TryDecode(AudioChunk chunk, out AudioUpdate? update)
    {
        var kept = Kept(chunk.RateHz);
        if (Pool is { } pool && pool.TryRent(kept + chunk.PcmBytes, out var leased))
            return TryRefill(pool, leased, kept, chunk, out update);
        var memory = GC.AllocateUninitializedArray<byte>(kept + chunk.PcmBytes);
        update = null;
        if (!chunk.TryDecode(memory.AsSpan(kept), out var written))
            return false;
        var whole = Keep(memory, kept, written);
        if (whole > 0)
            update = new AudioUpdate(memory.AsMemory(0, whole), chunk.RateHz) { WirePart = memory.AsMemory(kept, written) };
        return true;
    }

    /// <summary>The same for a parsed part; null if the part is less than one sample.</summary>
    internal AudioUpdate? Join(ReadOnlyMemory<byte> part, int rateHz, LiveSessionResponse raw)
    {
        var kept = Kept(rateHz);
        if (kept == 0 && part.Length % 2 == 0)
            return part.Length == 0 ? null : new AudioUpdate(part, rateHz) { Raw = raw };
        var memory = GC.AllocateUninitializedArray<byte>(kept + part.Length);
        part.CopyTo(memory.AsMemory(kept));
        var whole = Keep(memory, kept, part.Length);
        return whole == 0 ? null : new AudioUpdate(memory.AsMemory(0, whole), rateHz) { Raw = raw };
    }

    /// <summary>Drops the odd byte: another answer follows.</summary>
    internal void Clear() => _full = false;

    private int Kept(int rateHz)
    {
        if (rateHz != _rateHz)
            Clear();
        _rateHz = rateHz;
        return _full ? 1 : 0;
    }

    private bool TryRefill(AudioPool pool, AudioUpdate leased, int kept, AudioChunk chunk, out AudioUpdate? update)
    {
        update = null;
        var decoded = chunk.TryDecode(leased.Leased.AsSpan(kept), out var written);
        var whole = decoded ? Keep(leased.Leased, kept, written) : 0;
        if (whole > 0)
            (update = leased).Refill(whole, chunk.RateHz);
        else
            pool.Return(leased);
        return decoded;
    }

    // Puts the kept byte first, keeps an odd one at the end, and returns the length of the whole samples.
    private int Keep(byte[] memory, int kept, int written)
    {
        var length = kept + written;
        if (kept == 1)
            memory[0] = _byte;
        _full = length % 2 == 1;
        if (_full)
            _byte = memory[length - 1];
        return length & ~1;
    }
}
