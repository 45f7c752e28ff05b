namespace Parley.Phone.Audio;

/// <summary>A queue of samples in one growing ring. Not thread-safe.</summary>
internal sealed class SampleQueue
{
    /// <summary>A ring that grew beyond this is dropped once it is empty.</summary>
    private const int KeptSamples = 1 << 16;

    private short[] _ring = new short[1 << 12];
    private int _head;

    internal int Count { get; private set; }

    internal void Write(ReadOnlySpan<short> samples)
    {
        if (Count + samples.Length > _ring.Length)
            Grow(Count + samples.Length);
        var at = (_head + Count) & (_ring.Length - 1);
        var first = Math.Min(samples.Length, _ring.Length - at);
        samples[..first].CopyTo(_ring.AsSpan(at));
        samples[first..].CopyTo(_ring);
        Count += samples.Length;
    }

    /// <summary>Takes samples; there must be as many.</summary>
    internal void Read(Span<short> samples)
    {
        var first = Math.Min(samples.Length, _ring.Length - _head);
        _ring.AsSpan(_head, first).CopyTo(samples);
        _ring.AsSpan(0, samples.Length - first).CopyTo(samples[first..]);
        _head = (_head + samples.Length) & (_ring.Length - 1);
        Count -= samples.Length;
    }

    internal void Clear()
    {
        (_head, Count) = (0, 0);
        if (_ring.Length > KeptSamples)
            _ring = new short[1 << 12];
    }

    private void Grow(int needed)
    {
        var larger = new short[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)needed)];
        var count = Count;
        Read(larger.AsSpan(0, count));
        (_ring, _head, Count) = (larger, 0, count);
    }
}
