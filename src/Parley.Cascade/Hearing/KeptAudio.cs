using System.Buffers;
using System.Numerics;
using Parley.Speech;

namespace Parley.Cascade.Hearing;

/// <summary>
/// The newest sound of a microphone, counted in samples from its first: a ring that always keeps a little, so that a word whose start is
/// noticed late is heard from its beginning, and more while somebody needs it, up to a bound. Beyond the bound the oldest goes.
/// </summary>
/// <param name="least">Samples always kept.</param>
/// <param name="most">Samples kept at most.</param>
internal sealed class KeptAudio(int least, int most) : IDisposable
{
    private readonly int _least = (int)BitOperations.RoundUpToPowerOf2((uint)least);
    private readonly int _most = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(least, most));
    private short[] _ring = [];
    private int _capacity;

    /// <summary>Samples written so far.</summary>
    internal long End { get; private set; }

    /// <summary>The oldest sample still here.</summary>
    internal long Start { get; private set; }

    /// <summary>Sound from here on is kept, as far as the bound allows; <see cref="long.MaxValue"/> = only the least.</summary>
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

    /// <summary>Gives a stretch to a recognition, as far as it is still here.</summary>
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
        var wanted = Math.Clamp((long)BitOperations.RoundUpToPowerOf2((ulong)(kept + more)), _least, _most);
        // Back to the least only when there is nothing to keep: a ring must not change its size with every slice.
        if (wanted <= _capacity && !(kept == 0 && _capacity > _least))
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
