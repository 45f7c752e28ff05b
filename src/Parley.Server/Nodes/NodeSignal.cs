namespace Parley.Server;

/// <summary>A short message between nodes. Lost signals do no harm: what they announce is found out later by other means.</summary>
/// <param name="Kind">What happened or is wanted.</param>
/// <param name="Subject">The key, session, node or owner that <paramref name="Kind"/> is about; empty for <see cref="NodeSignalKind.Listening"/>.</param>
/// <param name="ConnectionId">The connection that a session moved to; otherwise empty.</param>
public sealed record NodeSignal(NodeSignalKind Kind, string Subject, string ConnectionId = "");

/// <summary>Kinds of <see cref="NodeSignal"/>. A node ignores kinds that it does not know.</summary>
public enum NodeSignalKind
{
    /// <summary>The node listens from now on; it may have missed signals.</summary>
    Listening,

    /// <summary>A key was revoked or its limits were changed. The key store sends it with the change.</summary>
    KeyChanged,

    /// <summary>A session continues on a connection of another node; its old connection must be closed.</summary>
    SessionMoved,

    /// <summary>An operator ends a session.</summary>
    EndSession,

    /// <summary>An operator drains a node: it accepts no new sessions, and asks its clients to continue elsewhere.</summary>
    DrainNode,

    /// <summary>A user may have other limits or be refused; the subject is the owner of its sessions.</summary>
    UserChanged,

    /// <summary>The application ends the sessions of a user; the subject is their owner.</summary>
    EndUser,
}
