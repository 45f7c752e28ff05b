using System.Buffers;

namespace Parley.Speech.Recognition;

/// <summary>The audio of an utterance, in a pooled array that grows. Not thread-safe.</summary>
internal sealed class UtteranceAudio
{
    /// <summary>Audio beyond it is ignored: five minutes, 9.6 MB.</summary>
    public const int MaxSamples = 5 * 60 * SampleRate;

    private const int SampleRate = 16_000;

    // Room for two seconds at least.
    private const int LeastGrowth = 2 * SampleRate;

    private short[] _samples = [];

    public int Count { get; private set; }

    /// <summary>All audio; valid until more is appended, or it is released.</summary>
    public ReadOnlyMemory<short> All => _samples.AsMemory(0, Count);

    /// <summary>Appends audio, as far as there is room.</summary>
    /// <returns>What was appended.</returns>
    public ReadOnlySpan<short> Append(ReadOnlySpan<short> samples)
    {
        samples = samples[..Math.Min(samples.Length, MaxSamples - Count)];
        if (_samples.Length - Count < samples.Length)
        {
            var larger = ArrayPool<short>.Shared.Rent(Math.Max(2 * _samples.Length, Count + Math.Max(samples.Length, LeastGrowth)));
            All.Span.CopyTo(larger);
            var count = Count;
            Release();
            (_samples, Count) = (larger, count);
        }
        samples.CopyTo(_samples.AsSpan(Count));
        Count += samples.Length;
        return samples;
    }

    /// <summary>Fills a span with the audio from a position.</summary>
    public void CopyTo(Span<short> destination, int from) => _samples.AsSpan(from, destination.Length).CopyTo(destination);

    /// <summary>Returns the array to its pool; the audio is gone.</summary>
    public void Release()
    {
        if (_samples.Length > 0)
            ArrayPool<short>.Shared.Return(_samples);
        (_samples, Count) = ([], 0);
    }
}
