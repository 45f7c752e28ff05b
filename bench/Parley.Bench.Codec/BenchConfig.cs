using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace Parley.Bench.Codec;

internal static class BenchConfig
{
    // In process: a second build of the repository for each run, with lock files and analyzers, is not needed.
    public static IConfig Create() => ManualConfig.CreateEmpty()
        .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(4)
            .WithIterationTime(TimeInterval.FromMilliseconds(100)).WithIterationCount(20))
        .AddDiagnoser(MemoryDiagnoser.Default)
        .AddColumn(CategoriesColumn.Default, TargetMethodColumn.Method, StatisticColumn.Min, StatisticColumn.Median, new MinRatioColumn())
        .AddColumnProvider(DefaultColumnProviders.Metrics)
        .AddLogicalGroupRules(BenchmarkLogicalGroupRule.ByCategory)
        .AddLogger(ConsoleLogger.Default)
        .AddExporter(MarkdownExporter.GitHub)
        .WithSummaryStyle(SummaryStyle.Default.WithTimeUnit(TimeUnit.Nanosecond));
}

/// <summary>Minimum against the minimum of the group's baseline: on shared cores the mean includes the load of others.</summary>
internal sealed class MinRatioColumn : IColumn
{
    public string Id => nameof(MinRatioColumn);

    public string ColumnName => "Min ratio";

    public string Legend => "Minimum against the minimum of the baseline";

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Baseline;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase) => GetValue(summary, benchmarkCase, summary.Style);

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style)
    {
        var group = summary.GetLogicalGroupKey(benchmarkCase);
        var baseline = summary.BenchmarksCases.First(other => other.Descriptor.Baseline && summary.GetLogicalGroupKey(other) == group);
        return summary[benchmarkCase]?.ResultStatistics is { } own && summary[baseline]?.ResultStatistics is { } yardstick
            ? (own.Min / yardstick.Min).ToString("0.00", summary.Style.CultureInfo)
            : "?";
    }

    public bool IsAvailable(Summary summary) => true;

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;
}
