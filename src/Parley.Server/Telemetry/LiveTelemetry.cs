using System.Diagnostics;

namespace Parley.Server;

/// <summary>What to listen to: one source of traces and one meter, both of the same name.</summary>
public static class LiveTelemetry
{
    /// <summary>Name of the <see cref="ActivitySource"/> and of the meter; <c>docs/operations.md</c> lists what they tell.</summary>
    public const string Name = "Parley.Server";

    internal static ActivitySource Source { get; } = new(Name);
}
