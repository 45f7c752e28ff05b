namespace Parley.Server;

/// <summary>An open session of a node.</summary>
public sealed record NodeSession
{
    /// <summary>The session.</summary>
    public required string SessionId { get; init; }

    /// <summary>Its connection.</summary>
    public required string ConnectionId { get; init; }

    /// <summary>The node: <see cref="LiveNode.Id"/>.</summary>
    public required string NodeId { get; init; }

    /// <summary>The key: <see cref="LiveCaller.KeyId"/>.</summary>
    public required string KeyId { get; init; }

    /// <summary>Whether an ephemeral token of the key was used.</summary>
    public bool IsOnToken { get; init; }

    /// <summary>Name of the model as <c>models/x</c>.</summary>
    public required string Model { get; init; }

    /// <summary>Whether the session began on an earlier connection.</summary>
    public bool IsResumed { get; init; }

    /// <summary>When it started on this connection.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When the connection ends.</summary>
    public required DateTimeOffset Until { get; init; }
}
