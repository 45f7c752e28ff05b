namespace Parley.Cascade;

/// <summary>The meter of local turns.</summary>
public static class CascadeTelemetry
{
    /// <summary>Name of the meter; its instruments are <c>parley.turn.*</c> (docs/operations.md).</summary>
    public const string Name = "Parley.Cascade";
}
