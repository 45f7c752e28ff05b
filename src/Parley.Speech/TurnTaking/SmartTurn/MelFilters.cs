namespace Parley.Speech.TurnTaking.SmartTurn;

/// <summary>
/// The 80 triangular filters of Whisper from 0 to 8 kHz over the 201 bins of a transform of 400 samples at 16 kHz: equal steps on the mel
/// scale
/// of Slaney (linear below 1 kHz, logarithmic above), each with an area of one.
/// </summary>
internal static class MelFilters
{
    public const int Count = 80;
    public const int Bins = 201;

    private const double BinHz = 40;
    private const double HighestHz = 8_000;
    private const double BreakHz = 1_000;
    private const double LinearHzPerMel = 200.0 / 3;

    private static readonly double LogStep = Math.Log(6.4) / 27;

    /// <summary>The first bin of each filter and its weights from there on.</summary>
    public static (int First, float[] Weights)[] Make()
    {
        var filters = new (int First, float[] Weights)[Count];
        var step = ToMel(HighestHz) / (Count + 1);
        for (var i = 0; i < Count; i++)
        {
            var (low, middle, high) = (ToHz(i * step), ToHz((i + 1) * step), ToHz((i + 2) * step));
            var first = (int)Math.Floor(low / BinHz) + 1;
            List<float> weights = [];
            for (var bin = first; bin < Bins && bin * BinHz < high; bin++)
            {
                var (rising, falling) = (((bin * BinHz) - low) / (middle - low), (high - (bin * BinHz)) / (high - middle));
                weights.Add((float)(Math.Min(rising, falling) * 2 / (high - low)));
            }
            filters[i] = (first, [.. weights]);
        }
        return filters;
    }

    private static double ToMel(double hz) =>
        hz < BreakHz ? hz / LinearHzPerMel : (BreakHz / LinearHzPerMel) + (Math.Log(hz / BreakHz) / LogStep);

    private static double ToHz(double mel) =>
        mel < BreakHz / LinearHzPerMel ? mel * LinearHzPerMel : BreakHz * Math.Exp((mel - (BreakHz / LinearHzPerMel)) * LogStep);
}
