using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Parley.Client.Receiving;

/// <summary>
/// Pool of audio updates for readers with a sink. The pump rents, the reader returns. An update that is never returned belongs to the
/// reader.
/// </summary>
/// <param name="kept">Most updates that are kept: as many as may wait for the reader.</param>
internal sealed class AudioPool(int kept)
{
    // Some minutes of audio: longer messages are rare, and the server chooses their length.
    private const int MaxKeptBytes = 16 << 20;

    private readonly Lock _lock = new();
    private readonly Stack<AudioUpdate> _free = new();
    private int _keptBytes;
    private volatile bool _inUse;

    internal void Use() => _inUse = true;

    /// <summary>Rents an update with room for that many bytes; false before a reader uses a sink.</summary>
    internal bool TryRent(int bytes, [NotNullWhen(true)] out AudioUpdate? update)
    {
        update = null;
        if (!_inUse)
            return false;
        lock (_lock)
        {
            if (_free.TryPop(out update))
                _keptBytes -= update.Leased.Length;
        }
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
            if (_free.Count >= kept || _keptBytes + update.Leased.Length > MaxKeptBytes)
                return;
            _keptBytes += update.Leased.Length;
            _free.Push(update);
        }
    }
}
