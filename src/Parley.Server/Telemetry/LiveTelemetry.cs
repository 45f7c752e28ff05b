using System.Diagnostics;

namespace Parley.Server;

/// <summary>Names of the telemetry: one activity source and one meter, with the same name.</summary>
public static class LiveTelemetry
{
    /// <summary>Name of the <see cref="ActivitySource"/> and of the meter; <c>docs/operations.md</c> lists their spans and metrics.</summary>
    public const string Name = "Parley.Server";

    internal static ActivitySource Source { get; } = new(Name);
}
