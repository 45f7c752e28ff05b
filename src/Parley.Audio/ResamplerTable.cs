using System.Collections.Concurrent;

namespace Parley.Audio;

/// <summary>
/// The taps of one resampling ratio: a Kaiser-windowed sinc, cut into phases. Immutable, shared by all streams.
/// </summary>
internal sealed class ResamplerTable
{
    // 24 zero crossings, beta 9 and a roll-off of 0.93: errors at the quantisation limit of 16 bits, aliases below -85 dB.
    private const int ZeroCrossings = 24;
    private const double Beta = 9;
    private const double RollOff = 0.93;

    // Usual pairs of rates need at most 441 phases. A ratio that needs more takes its taps from between two of 512 phases,
    // an error of -106 dB; so no sample rate chosen by a client can make the table huge.
    private const int MaxPhases = 512;

    // Enough for every pair of common rates and every voice. Further tables are not shared.
    private const int MaxCached = 64;

    private static readonly ConcurrentDictionary<(int Up, int Down), ResamplerTable> Cache = new();

    private readonly float[] _taps;

    private ResamplerTable(int up, int down)
    {
        Phases = Math.Min(up, MaxPhases);
        IsExact = Phases == up;

        var ratio = Math.Min(1.0, (double)up / down);
        HalfLength = (int)Math.Ceiling(ZeroCrossings / ratio);
        Length = 2 * HalfLength;

        // One row more than phases: the last is the first of the next sample, for interpolation.
        _taps = new float[(Phases + 1) * Length];
        for (var phase = 0; phase <= Phases; phase++)
            FillPhase(_taps.AsSpan(phase * Length, Length), (double)phase / Phases, ratio * RollOff);
    }

    /// <summary>Taps of one phase; the newest needed input is half of it ahead of the output.</summary>
    public int Length { get; }

    public int HalfLength { get; }

    public int Phases { get; }

    /// <summary>Whether every output position falls on a phase.</summary>
    public bool IsExact { get; }

    public static ResamplerTable For(int up, int down)
    {
        if (Cache.TryGetValue((up, down), out var table))
            return table;
        table = new ResamplerTable(up, down);
        return Cache.Count < MaxCached ? Cache.GetOrAdd((up, down), table) : table;
    }

    public ReadOnlySpan<float> Taps(int phase) => _taps.AsSpan(phase * Length, Length);

    private void FillPhase(Span<float> taps, double fraction, double cutoff)
    {
        Span<double> exact = Length <= 256 ? stackalloc double[Length] : new double[Length];
        double sum = 0;
        for (var k = 0; k < exact.Length; k++)
        {
            var x = k - HalfLength + 1 - fraction;
            exact[k] = Sinc(cutoff * x) * Kaiser(x / HalfLength);
            sum += exact[k];
        }
        for (var k = 0; k < exact.Length; k++)
            taps[k] = (float)(exact[k] / sum);
    }

    private static double Sinc(double x) => Math.Abs(x) < 1e-12 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);

    private static double Kaiser(double x) => Math.Abs(x) >= 1 ? 0 : BesselI0(Beta * Math.Sqrt(1 - (x * x))) / BesselI0(Beta);

    private static double BesselI0(double x)
    {
        double sum = 1, term = 1;
        for (var k = 1; term > 1e-12 * sum; k++)
        {
            term *= x / (2 * k) * (x / (2 * k));
            sum += term;
        }
        return sum;
    }
}
