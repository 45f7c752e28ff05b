using Parley.Bench.Load.Client;

namespace Parley.Bench.Load.Measurements;

/// <summary>One measurement of one server at a time, in a separate process.</summary>
internal abstract class Measurement
{
    /// <summary>Name on the command line.</summary>
    internal abstract string Name { get; }

    /// <summary>Whether this measurement applies to the server.</summary>
    internal virtual bool Concerns(Target target, LoadOptions options) => true;

    internal async Task RunAsync(Target target, LoadOptions options, Results results, CancellationToken cancellationToken)
    {
        await using var server = await StartAsync(target, options, cancellationToken);
        await MeasureAsync(server, options, (metric, value) => results.Add(metric, target, value), cancellationToken);
    }

    protected virtual Task<ServerProcess> StartAsync(Target target, LoadOptions options, CancellationToken cancellationToken) =>
        ServerProcess.StartAsync(VerbOf(target), cancellationToken);

    /// <summary>The verb and arguments the server is started with.</summary>
    protected virtual string VerbOf(Target target) => target == Target.Yardstick ? "yardstick" : "parley";

    protected abstract Task MeasureAsync(ServerProcess server, LoadOptions options, Action<Metric, double> report, CancellationToken cancellationToken);
}
