using System.Buffers;

namespace Parley.Speech.Whisper.Streaming;

/// <summary>The audio of an utterance, in a pooled array that grows.</summary>
/// <param name="leastGrowth">Samples for which there is room at least after growing.</param>
internal sealed class GrowingAudio(int leastGrowth)
{
    private short[] _samples = [];

    public int Count { get; private set; }

    public void Append(ReadOnlySpan<short> samples)
    {
        if (_samples.Length - Count < samples.Length)
        {
            var larger = ArrayPool<short>.Shared.Rent(Math.Max(2 * _samples.Length, Count + Math.Max(samples.Length, leastGrowth)));
            _samples.AsSpan(0, Count).CopyTo(larger);
            var count = Count;
            Release();
            (_samples, Count) = (larger, count);
        }
        samples.CopyTo(_samples.AsSpan(Count));
        Count += samples.Length;
    }

    /// <summary>Fills a span with the audio from a position.</summary>
    public void CopyTo(Span<short> destination, int from) => _samples.AsSpan(from, destination.Length).CopyTo(destination);

    /// <summary>Returns the array; the audio is gone.</summary>
    public void Release()
    {
        if (_samples.Length > 0)
            ArrayPool<short>.Shared.Return(_samples);
        (_samples, Count) = ([], 0);
    }
}
