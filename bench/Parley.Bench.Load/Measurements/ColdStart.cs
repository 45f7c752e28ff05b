using Parley.Bench.Load.Client;

namespace Parley.Bench.Load.Measurements;

/// <summary>From the start of the process to the first <c>setupComplete</c>.</summary>
internal sealed class ColdStart : Measurement
{
    private static readonly Metric Elapsed = new("start to first setupComplete", "ms");

    private long _started;

    internal override string Name => "start";

    protected override string VerbOf(Target target)
    {
        _started = TimeProvider.System.GetTimestamp();
        return target == Target.Parley ? "parley --default-model" : base.VerbOf(target);
    }

    protected override async Task MeasureAsync(ServerProcess server, LoadOptions options, Action<Metric, double> report, CancellationToken cancellationToken)
    {
        await using var session = await ClientSession.StartAsync(server.Address, Messages.Setup, cancellationToken);
        report(Elapsed, TimeProvider.System.GetElapsedTime(_started).TotalMilliseconds);
    }
}
