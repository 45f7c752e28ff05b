namespace Parley.Cluster.Tests;

/// <summary>How much the tests do. <c>PARLEY_LONG=1</c> runs the sizes that a cluster is accepted with; otherwise the same is done with less.</summary>
internal static class Sizes
{
    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("PARLEY_LONG") == "1";

    /// <summary>Live calls while nodes are killed, and how often.</summary>
    public static int Calls { get; } = IsLong ? 200 : 30;

    public static int Kills { get; } = IsLong ? 20 : 2;

    /// <summary>Sockets that race for one use of a token, and how often.</summary>
    public static int Openings { get; } = IsLong ? 1_000 : 200;

    public static int Races { get; } = IsLong ? 100 : 3;

    /// <summary>Live calls while all nodes are restarted or drained.</summary>
    public static int RollingCalls { get; } = IsLong ? 100 : 20;

    /// <summary>How long a node is suspended, and the database is away.</summary>
    public static TimeSpan Suspended { get; } = TimeSpan.FromSeconds(IsLong ? 30 : 6);

    public static TimeSpan Outage { get; } = TimeSpan.FromSeconds(IsLong ? 20 : 5);

    /// <summary>How many calls speak at once: these tests are not about the capacity of the machine.</summary>
    public static int AtOnce { get; } = 16;
}
