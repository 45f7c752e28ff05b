using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Parley.Client.Receiving;

/// <summary>
/// Audio updates that are used again, for readers that give their sound to a sink. Filled by the pump, emptied into by the reader. What never
/// comes back is simply the reader's.
/// </summary>
/// <param name="kept">How many are kept for later: as many as may wait for the reader.</param>
internal sealed class AudioPool(int kept)
{
    private readonly Lock _lock = new();
    private readonly Stack<AudioUpdate> _free = new();
    private volatile bool _inUse;

    internal void Use() => _inUse = true;

    /// <summary>An update whose memory holds so many bytes; false before anybody reads with a sink.</summary>
    internal bool TryRent(int bytes, [NotNullWhen(true)] out AudioUpdate? update)
    {
        update = null;
        if (!_inUse)
            return false;
        lock (_lock)
            _free.TryPop(out update);
        if (update is null || update.Leased.Length < bytes)
            update = new AudioUpdate(GC.AllocateUninitializedArray<byte>((int)BitOperations.RoundUpToPowerOf2((uint)bytes)));
        return true;
    }

    internal void Return(AudioUpdate update)
    {
        if (update.Leased.Length == 0)
            return;
        lock (_lock)
        {
            if (_free.Count < kept)
                _free.Push(update);
        }
    }
}
