namespace Parley.Bench.Load;

/// <summary>One row of the table.</summary>
/// <param name="Name">Name of the measurement.</param>
/// <param name="Unit">Unit of the values.</param>
/// <param name="HigherIsBetter">Whether a higher value is better.</param>
internal sealed record Metric(string Name, string Unit, bool HigherIsBetter = false);

/// <summary>The values of all rounds.</summary>
internal sealed class Results
{
    private readonly List<Metric> _metrics = [];
    private readonly Dictionary<(Metric, Target), List<double>> _values = [];

    /// <summary>Rows in the order in which they were first measured.</summary>
    internal IReadOnlyList<Metric> Metrics => _metrics;

    internal void Add(Metric metric, Target target, double value)
    {
        if (!_metrics.Contains(metric))
            _metrics.Add(metric);
        if (!_values.TryGetValue((metric, target), out var values))
            _values[(metric, target)] = values = [];
        values.Add(value);
    }

    internal double? Best(Metric metric, Target target) =>
        _values.TryGetValue((metric, target), out var values) ? metric.HigherIsBetter ? values.Max() : values.Min() : null;

    internal double? Median(Metric metric, Target target) => _values.TryGetValue((metric, target), out var values) ? Quantile([.. values], 0.5) : null;

    internal static double Quantile(double[] values, double quantile)
    {
        Array.Sort(values);
        var at = quantile * (values.Length - 1);
        var below = (int)at;
        return below + 1 < values.Length ? values[below] + ((at - below) * (values[below + 1] - values[below])) : values[below];
    }
}
