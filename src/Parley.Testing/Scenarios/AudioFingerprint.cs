using System.Globalization;
using System.Runtime.InteropServices;
using Parley.Audio;

namespace Parley.Testing.Scenarios;

/// <summary>
/// The envelope of a recording without the silence around it: the level of every 20 ms. Two recordings of the same sound have nearly the same envelope,
/// whatever their chunks, gain or rate; different ones do not.
/// </summary>
internal sealed class AudioFingerprint
{
    private const int FrameSamples = 320;

    /// <summary>Below the loudest frame by more than this is silence.</summary>
    private const double DynamicRangeDb = 35;

    /// <summary>A frame more or fewer at either end, from resampling and from where chunks begin, is the same recording.</summary>
    private const int MaxShift = 4;

    private const double MinCorrelation = 0.9;

    private readonly double[] _levels;

    private AudioFingerprint(double[] levels) => _levels = levels;

    internal static AudioFingerprint Of(WavFile recording) => Of(Rates.ToInput(recording));

    /// <param name="pcm">16 kHz PCM16.</param>
    internal static AudioFingerprint Of(ReadOnlySpan<byte> pcm) => Of(MemoryMarshal.Cast<byte, short>(pcm));

    /// <summary>Why the other is not a recording of the same; null if it is.</summary>
    internal string? Mismatch(AudioFingerprint other)
    {
        if (_levels.Length == 0 || other._levels.Length == 0)
            return _levels.Length == other._levels.Length ? null : "one of the two is silent";
        if (Math.Abs(_levels.Length - other._levels.Length) > MaxShift)
            return string.Create(CultureInfo.InvariantCulture, $"what was heard is {other._levels.Length * 0.02:0.00} s long, the recording {_levels.Length * 0.02:0.00} s");
        var best = double.MinValue;
        for (var shift = -MaxShift; shift <= MaxShift; shift++)
            best = Math.Max(best, Correlation(other, shift));
        return best >= MinCorrelation ? null : string.Create(CultureInfo.InvariantCulture, $"its envelope is another (correlation {best:0.00}, needed {MinCorrelation:0.0})");
    }

    private static AudioFingerprint Of(ReadOnlySpan<short> samples)
    {
        var levels = new double[samples.Length / FrameSamples];
        var loudest = AudioLevel.Silence;
        for (var i = 0; i < levels.Length; i++)
            loudest = Math.Max(loudest, levels[i] = AudioLevel.Db(samples.Slice(i * FrameSamples, FrameSamples)));
        var floor = Math.Max(loudest - DynamicRangeDb, AudioLevel.Silence + 1);
        var first = Array.FindIndex(levels, level => level >= floor);
        var last = Array.FindLastIndex(levels, level => level >= floor);
        return new(first < 0 ? [] : [.. levels[first..(last + 1)].Select(level => Math.Max(level, floor) - loudest)]);
    }

    private double Correlation(AudioFingerprint other, int shift)
    {
        var start = Math.Max(0, -shift);
        var count = Math.Min(_levels.Length - start, other._levels.Length - Math.Max(0, shift));
        if (count < Math.Min(_levels.Length, other._levels.Length) - (2 * MaxShift))
            return double.MinValue;
        var a = _levels.AsSpan(start, count);
        var b = other._levels.AsSpan(Math.Max(0, shift), count);
        double meanA = Mean(a), meanB = Mean(b), ab = 0, aa = 0, bb = 0;
        for (var i = 0; i < count; i++)
        {
            ab += (a[i] - meanA) * (b[i] - meanB);
            aa += (a[i] - meanA) * (a[i] - meanA);
            bb += (b[i] - meanB) * (b[i] - meanB);
        }
        // Two steady tones have no envelope to compare: their lengths have been.
        return aa < count || bb < count ? (aa < count && bb < count ? 1 : 0) : ab / Math.Sqrt(aa * bb);
    }

    private static double Mean(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (var value in values)
            sum += value;
        return values.IsEmpty ? 0 : sum / values.Length;
    }
}
