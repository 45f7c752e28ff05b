namespace Parley.Bench.Load;

/// <summary>Amount and duration of the load.</summary>
internal sealed record LoadOptions
{
    /// <summary>Sessions that send a message every 20 ms.</summary>
    internal required int Sessions { get; init; }

    /// <summary>Seconds of measurement.</summary>
    internal required int Seconds { get; init; }

    /// <summary>Numbers of idle sessions, measured one after the other.</summary>
    internal required int[] Idle { get; init; }

    /// <summary>Turns in the long session.</summary>
    internal required int Turns { get; init; }

    internal required int Rounds { get; init; }

    /// <summary>Measurements to run; empty = all.</summary>
    internal required string[] Only { get; init; }

    /// <summary>Whether to run everything once without waiting or warming up: it shows that the benchmark works, and its figures mean nothing.</summary>
    internal bool IsShort { get; init; }

    /// <summary>The folder of npm packages with aimock.</summary>
    internal required string NodeModules { get; init; }

    /// <summary>Servers to measure, the yardstick first.</summary>
    internal required Target[] Targets { get; init; }

    /// <summary>Time limit, after which the run is aborted and its child processes are killed.</summary>
    internal required TimeSpan Limit { get; init; }
}

/// <summary>The servers that are compared.</summary>
internal enum Target
{
    Yardstick,
    Parley,
}
