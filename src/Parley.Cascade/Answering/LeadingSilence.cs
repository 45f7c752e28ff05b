using System.Runtime.InteropServices;

namespace Parley.Cascade.Answering;

/// <summary>
/// Drops the silence at the start of one answer: synthesizers begin with some, up to a quarter of a second, and it only adds latency.
/// Dropped are samples of at most −60 dBFS, and at most 200 ms of them: longer silence is intended. The last 20 ms before the first louder
/// sample are kept from their first sample that is not zero, so that a soft start of speech or music stays whole.
/// </summary>
internal sealed class LeadingSilence
{
    /// <summary>−60 dBFS: 0.001 of full scale. The noise of a synthesizer's pause is below it, the softest sound of speech above it.</summary>
    internal const short MaxLevel = 32;

    /// <summary>The most that is dropped of an answer.</summary>
    internal static readonly TimeSpan MaxDropped = TimeSpan.FromMilliseconds(200);

    private static readonly int MaxSamples = (int)PcmFormat.Hz24000.SamplesIn(MaxDropped);
    private static readonly int LeadSamples = (int)PcmFormat.Hz24000.SamplesIn(TimeSpan.FromMilliseconds(20));

    // The end of the dropped samples, which may turn out to be the soft start.
    private readonly short[] _lead = new short[LeadSamples];
    private int _leadCount;
    private int _dropped;
    private bool _hasStarted;

    /// <summary>What remains of the next chunk; empty if all of it is dropped.</summary>
    internal ReadOnlyMemory<byte> Trim(ReadOnlyMemory<byte> pcm)
    {
        if (_hasStarted)
            return pcm;
        var samples = MemoryMarshal.Cast<byte, short>(pcm.Span);
        var start = samples.IndexOfAnyExceptInRange((short)-MaxLevel, MaxLevel);
        var quiet = start < 0 ? samples.Length : start;
        if (_dropped + quiet > MaxSamples)
        {
            _hasStarted = true;
            return pcm[((MaxSamples - _dropped) * sizeof(short))..];
        }
        Keep(samples[..quiet]);
        _dropped += quiet;
        if (start < 0)
            return default;
        _hasStarted = true;
        var lead = _lead.AsSpan(0, _leadCount);
        var first = lead.IndexOfAnyExcept((short)0);
        if (first < 0)
            return pcm[(start * sizeof(short))..];
        return (byte[])[.. MemoryMarshal.AsBytes(lead[first..]), .. pcm.Span[(start * sizeof(short))..]];
    }

    private void Keep(ReadOnlySpan<short> quiet)
    {
        if (quiet.Length > LeadSamples)
            quiet = quiet[^LeadSamples..];
        var kept = Math.Min(_leadCount, LeadSamples - quiet.Length);
        _lead.AsSpan(_leadCount - kept, kept).CopyTo(_lead);
        quiet.CopyTo(_lead.AsSpan(kept));
        _leadCount = kept + quiet.Length;
    }
}
