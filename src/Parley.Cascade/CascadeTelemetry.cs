namespace Parley.Cascade;

/// <summary>Name of the meter of this package, for OpenTelemetry.</summary>
public static class CascadeTelemetry
{
    /// <summary>
    /// Name of the meter. Its instruments are <c>parley.turn.*</c>: a histogram of seconds for each of <see cref="TurnMarks"/>, and a count
    /// of turns.
    /// </summary>
    public const string Name = "Parley.Cascade";
}
