namespace Parley.Server;

/// <summary>A server, as the others see it in <see cref="INodeStore"/>.</summary>
public sealed record LiveNode
{
    /// <summary>Random id of the process.</summary>
    public required string Id { get; init; }

    /// <summary>Display name: <see cref="LiveApiOptions.NodeName"/>. Need not be unique.</summary>
    public required string Name { get; init; }

    /// <summary>Version of Parley.</summary>
    public required string Version { get; init; }

    /// <summary>When it started.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>Whether it accepts no new sessions, because it shuts down or an operator drains it.</summary>
    public bool IsDraining { get; init; }

    /// <summary>Time since its last renewal. Filled in by the store.</summary>
    public TimeSpan SinceRenewal { get; init; }

    /// <summary>Whether it was renewed in time. Filled in by the store.</summary>
    public bool IsAlive { get; init; }

    /// <summary>Its open sessions; 0 if it is not alive. Filled in by the store.</summary>
    public int Sessions { get; init; }
}
