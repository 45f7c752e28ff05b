namespace Parley.Cascade;

/// <summary>Name of the meter of this package, for OpenTelemetry.</summary>
public static class CascadeTelemetry
{
    /// <summary>
    /// Name of the meter. Its instruments are <c>parley.turn.*</c>: a histogram of seconds for each point in time of a turn, such as
    /// <c>parley.turn.first_audio</c>, and the count <c>parley.turn.count</c> (docs/latency.md).
    /// </summary>
    public const string Name = "Parley.Cascade";
}
