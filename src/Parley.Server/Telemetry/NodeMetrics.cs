using System.Diagnostics.Metrics;
using Parley.Server.Access;
using Parley.Server.Nodes;

namespace Parley.Server.Telemetry;

/// <summary>The metrics of this node in its cluster, read from <see cref="NodeCounters"/> and <see cref="UsageTracker"/>.</summary>
internal static class NodeMetrics
{
    internal static void Observe(Meter meter, NodeCounters node, UsageTracker usage, Func<bool> isDraining)
    {
        meter.CreateObservableGauge(TelemetryNames.NodesAlive, () => Alive(node), "{node}", "Nodes that this one sees alive, itself included");
        meter.CreateObservableGauge(TelemetryNames.NodeDraining, () => isDraining() ? 1 : 0, "{node}", "1 while this node accepts no new sessions");
        meter.CreateObservableCounter(TelemetryNames.RenewalsFailed, () => node.FailedRenewals, "{renewal}", "Renewals of this node that failed");
        meter.CreateObservableCounter(TelemetryNames.SignalInterruptions, () => node.Interruptions, "{interruption}", "Losses of the connection for signals between nodes");
        meter.CreateObservableGauge(TelemetryNames.UsageAge, () => usage.Age.TotalSeconds, "s", "Age of the oldest usage that the store does not have yet");
    }

    private static IEnumerable<Measurement<int>> Alive(NodeCounters node)
    {
        if (node.Alive is { } alive)
            yield return new(alive);
    }
}
