using System.Diagnostics.Metrics;
using Parley.Server.Sockets;

namespace Parley.Server.Telemetry;

/// <summary>The metrics of connections before they have a session, read from <see cref="ConnectionGate"/>.</summary>
internal static class ConnectionMetrics
{
    private static readonly (ConnectionRefusal Refusal, string Name)[] Refusals =
        [.. Enum.GetValues<ConnectionRefusal>().Select(static refusal => (refusal, refusal.ToString().ToLowerInvariant()))];

    internal static void Observe(Meter meter, ConnectionGate gate)
    {
        meter.CreateObservableUpDownCounter(TelemetryNames.Connections, () => Open(gate), "{connection}", "Accepted connections by state");
        meter.CreateObservableCounter(TelemetryNames.ConnectionsRefused, () => Refused(gate), "{connection}", "Connections closed before they had a session, by cause");
        meter.CreateObservableCounter(TelemetryNames.ConnectionsDelayed, () => gate.Delayed, "{connection}", "Connections that waited for the accept rate limit");
    }

    private static IEnumerable<Measurement<int>> Open(ConnectionGate gate)
    {
        var (open, http, waiting) = (gate.Open, gate.Http, gate.Waiting);
        yield return new(waiting, new KeyValuePair<string, object?>(TelemetryNames.State, "waiting"));
        yield return new(Math.Max(0, http - waiting), new KeyValuePair<string, object?>(TelemetryNames.State, "request"));
        yield return new(Math.Max(0, open - http), new KeyValuePair<string, object?>(TelemetryNames.State, "websocket"));
    }

    private static IEnumerable<Measurement<long>> Refused(ConnectionGate gate)
    {
        foreach (var (refusal, name) in Refusals)
            yield return new(gate.Refused(refusal), new KeyValuePair<string, object?>(TelemetryNames.Cause, name));
    }
}
