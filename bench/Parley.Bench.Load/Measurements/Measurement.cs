using Parley.Bench.Load.Client;

namespace Parley.Bench.Load.Measurements;

/// <summary>A measurement of one server, in a process of its own.</summary>
internal abstract class Measurement
{
    /// <summary>Name on the command line.</summary>
    internal abstract string Name { get; }

    /// <summary>Whether this server is measured.</summary>
    internal virtual bool Concerns(Target target) => true;

    internal async Task RunAsync(Target target, LoadOptions options, Results results, CancellationToken cancellationToken)
    {
        await using var server = await ServerProcess.StartAsync(VerbOf(target), cancellationToken);
        await MeasureAsync(server, options, (metric, value) => results.Add(metric, target, value), cancellationToken);
    }

    /// <summary>The command and arguments that start the server.</summary>
    protected virtual string VerbOf(Target target) => target == Target.Yardstick ? "yardstick" : "parley";

    protected abstract Task MeasureAsync(ServerProcess server, LoadOptions options, Action<Metric, double> report, CancellationToken cancellationToken);
}
