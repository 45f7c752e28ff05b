using Parley.Cli.Load;

namespace Parley.Cli.Tests.Load;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void Empty_histogram_has_no_quantile()
    {
        var histogram = new LatencyHistogram();

        Assert.Equal(0, histogram.Count);
        Assert.Null(histogram.Quantile(0.5));
        Assert.Equal(TimeSpan.Zero, histogram.Max);
    }

    [Fact]
    public void Quantiles_are_at_most_a_sixteenth_above_the_exact_value()
    {
        var random = new Random(7);
        var values = Enumerable.Range(0, 20_000).Select(_ => (long)Math.Pow(10, random.NextDouble() * 8)).ToArray();
        var histogram = new LatencyHistogram();
        foreach (var value in values)
            histogram.Record(TimeSpan.FromMicroseconds(value));
        Array.Sort(values);

        foreach (var share in (double[])[0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1])
        {
            var exact = values[(int)Math.Ceiling(share * values.Length) - 1];
            Assert.InRange(histogram.Quantile(share)!.Value.TotalMicroseconds, exact, exact * 17 / 16.0);
        }
        Assert.Equal(values.Length, histogram.Count);
        Assert.Equal(values[^1], histogram.Max.TotalMicroseconds);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(1_023)]
    [InlineData(1_024)]
    [InlineData(1L << 29)]
    [InlineData(1L << 30)]
    [InlineData(1L << 50)]
    public void Single_value_is_every_quantile(long microseconds)
    {
        var histogram = new LatencyHistogram();
        histogram.Record(TimeSpan.FromMicroseconds(microseconds));

        Assert.Equal(microseconds, histogram.Quantile(0)!.Value.TotalMicroseconds);
        Assert.Equal(microseconds, histogram.Quantile(1)!.Value.TotalMicroseconds);
    }

    [Fact]
    public void Negative_duration_counts_as_zero()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(TimeSpan.FromMilliseconds(-3));

        Assert.Equal(TimeSpan.Zero, histogram.Quantile(1));
    }
}
