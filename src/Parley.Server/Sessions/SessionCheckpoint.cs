namespace Parley.Server;

/// <summary>A state of a session from which it can be resumed, as <see cref="ISessionStore"/> keeps it. Immutable.</summary>
public sealed record SessionCheckpoint
{
    /// <summary>The session.</summary>
    public required string SessionId { get; init; }

    /// <summary>Number of claims of the session before this checkpoint.</summary>
    public required long Epoch { get; init; }

    /// <summary>Number of the checkpoint in its session; later ones have higher numbers. It is part of the resumption handle.</summary>
    public required long Serial { get; init; }

    /// <summary>No checkpoint of the session is known to be stored: saving this one creates the session.</summary>
    public bool IsFirst { get; init; }

    /// <summary>Name of the model as <c>models/x</c>.</summary>
    public required string Model { get; init; }

    /// <summary>Who may resume it: <see cref="LiveCaller.Owner"/>. Do not log it.</summary>
    public required string Owner { get; init; }

    /// <summary>The credential of the owner that the session ran with: empty for a key, otherwise the token and what it locks. Not secret.</summary>
    public required string CredentialId { get; init; }

    /// <summary>When the session began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When the last handle of this connection expires. The session expires then, unless its end was recorded with another time.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>The state of the model.</summary>
    public required CheckpointState State { get; init; }

    /// <summary>The session and the serial number; neither owner nor state.</summary>
    public override string ToString() => $"{nameof(SessionCheckpoint)}({SessionId}, {Serial})";
}
