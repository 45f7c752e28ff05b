namespace Parley.Testing.Evaluation.Measuring;

/// <summary>Intervals of 95 %: Wilson for rates, percentile bootstrap for everything else. The same values give the same interval.</summary>
internal static class Statistics
{
    private const double Z = 1.959963984540054;
    private const int Resamples = 2_000;
    private const int Seed = 1;

    internal static EvaluationEstimate? Rate(int events, int count)
    {
        if (count == 0)
            return null;
        var (rate, square) = ((double)events / count, Z * Z);
        var middle = (rate + (square / (2 * count))) / (1 + (square / count));
        var half = Z / (1 + (square / count)) * Math.Sqrt((rate * (1 - rate) / count) + (square / (4.0 * count * count)));
        return new EvaluationEstimate(rate, events == 0 ? 0 : Math.Max(0, middle - half), events == count ? 1 : Math.Min(1, middle + half));
    }

    internal static EvaluationEstimate? Bootstrap<T>(IReadOnlyList<T> cases, Func<IReadOnlyList<T>, double> statistic)
    {
        if (cases.Count == 0)
            return null;
        var random = new Random(Seed);
        var (values, sample) = (new double[Resamples], new T[cases.Count]);
        for (var i = 0; i < Resamples; i++)
        {
            for (var j = 0; j < sample.Length; j++)
                sample[j] = cases[random.Next(cases.Count)];
            values[i] = statistic(sample);
        }
        Array.Sort(values);
        return new EvaluationEstimate(statistic(cases), Quantile(values, 0.025), Quantile(values, 0.975));
    }

    internal static double Mean(IReadOnlyList<double> values) => values.Average();

    /// <summary>A quantile of values in any order, interpolated between the two nearest.</summary>
    internal static double QuantileOf(IReadOnlyList<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        return Quantile(sorted, share);
    }

    private static double Quantile(double[] sorted, double share)
    {
        var at = share * (sorted.Length - 1);
        var below = (int)at;
        return below + 1 >= sorted.Length ? sorted[^1] : sorted[below] + ((at - below) * (sorted[below + 1] - sorted[below]));
    }
}
