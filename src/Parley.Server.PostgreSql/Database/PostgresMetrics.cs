using System.Diagnostics.Metrics;

namespace Parley.Server.PostgreSql.Database;

/// <summary>The metrics of the database, beside those of Npgsql: whether it is away, and operations that failed.</summary>
internal sealed class PostgresMetrics
{
    internal const string Name = "Parley.Server.PostgreSql";

    private const string Away = "parley.postgres.away", Failures = "parley.postgres.failures", Cause = "parley.cause";

    private readonly Meter _meter;
    private readonly Counter<long> _failures;

    public PostgresMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(Name);
        _failures = _meter.CreateCounter<long>(Failures, "{operation}", "Operations that failed, by cause");
    }

    /// <summary>Registers the gauge of the state of the database.</summary>
    internal void Observe(Func<bool> isAway) => _meter.CreateObservableGauge(Away, () => isAway() ? 1 : 0, "{database}", "1 while the database cannot be reached");

    /// <summary>Counts an operation that failed after all attempts.</summary>
    internal void Failed(Exception e) =>
        _failures.Add(1, new KeyValuePair<string, object?>(Cause, PostgresErrors.IsTimeout(e) ? "timeout" : PostgresErrors.IsUnreachable(e) ? "unreachable" : "error"));
}
