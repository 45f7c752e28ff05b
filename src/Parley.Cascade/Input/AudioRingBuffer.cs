using System.Buffers;
using System.Numerics;
using Parley.Speech;

namespace Parley.Cascade.Input;

/// <summary>
/// Ring buffer of the newest input audio, addressed by sample position from the start of the session. It always keeps a pre-roll, so that
/// an utterance whose start is detected late is complete, and more while an utterance needs it, up to a limit. Beyond it the oldest is
/// dropped.
/// </summary>
/// <param name="minSamples">Samples always kept.</param>
/// <param name="maxSamples">Most samples kept.</param>
internal sealed class AudioRingBuffer(int minSamples, int maxSamples) : IDisposable
{
    private readonly int _min = (int)BitOperations.RoundUpToPowerOf2((uint)minSamples);
    private readonly int _max = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(minSamples, maxSamples));
    private short[] _ring = [];
    private int _capacity;

    /// <summary>Position after the newest sample: the number of samples written so far.</summary>
    internal long End { get; private set; }

    /// <summary>Position of the oldest sample still kept.</summary>
    internal long Start { get; private set; }

    /// <summary>Audio from this position is kept, up to the limit; <see cref="long.MaxValue"/> keeps only the minimum.</summary>
    internal long KeepFrom { get; set; } = long.MaxValue;

    internal void Write(ReadOnlySpan<short> samples)
    {
        // The ring never holds less than the longest slice that is written.
        Fit(samples.Length);
        var at = (int)(End & (_capacity - 1));
        var first = Math.Min(samples.Length, _capacity - at);
        samples[..first].CopyTo(_ring.AsSpan(at));
        samples[first..].CopyTo(_ring);
        End += samples.Length;
        Start = Math.Max(Start, End - _capacity);
    }

    /// <summary>Passes a range to a recognition, as far as it is still kept.</summary>
    internal void Feed(IRecognition recognition, long from, long to)
    {
        from = Math.Max(from, Start);
        while (from < to)
        {
            var at = (int)(from & (_capacity - 1));
            var count = (int)Math.Min(to - from, _capacity - at);
            recognition.Accept(_ring.AsSpan(at, count));
            from += count;
        }
    }

    public void Dispose()
    {
        if (_ring.Length > 0)
            ArrayPool<short>.Shared.Return(_ring);
        (_ring, _capacity) = ([], 0);
    }

    private void Fit(int more)
    {
        var kept = KeepFrom >= End ? 0 : End - Math.Max(KeepFrom, Start);
        var wanted = Math.Clamp((long)BitOperations.RoundUpToPowerOf2((ulong)(kept + more)), _min, _max);
        // Shrink only when there is nothing to keep, so that the ring is not resized with every slice.
        if (wanted <= _capacity && !(kept == 0 && _capacity > _min))
            return;
        var ring = ArrayPool<short>.Shared.Rent((int)wanted);
        for (var at = Math.Max(Start, End - wanted); at < End; at++)
            ring[at & (wanted - 1)] = _ring[at & (_capacity - 1)];
        Start = Math.Max(Start, End - wanted);
        var old = _ring;
        (_ring, _capacity) = (ring, (int)wanted);
        if (old.Length > 0)
            ArrayPool<short>.Shared.Return(old);
    }
}
