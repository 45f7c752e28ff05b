namespace Parley.Server;

/// <summary>
/// Keeps what operators did through the admin API. Several servers may share one store. A failed operation throws <see cref="StorageException"/>; a cancelled
/// one may still take effect. Safe for use by many threads.
/// </summary>
public interface IAuditStore
{
    /// <summary>Adds an entry.</summary>
    ValueTask AddAsync(AuditEntry entry, CancellationToken cancellationToken);

    /// <summary>Returns the newest entries of all servers, newest first.</summary>
    /// <param name="count">Most entries.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    ValueTask<IReadOnlyList<AuditEntry>> ListAsync(int count, CancellationToken cancellationToken);

    /// <summary>Deletes the entries before a time.</summary>
    ValueTask DeleteBeforeAsync(DateTimeOffset time, CancellationToken cancellationToken);
}

/// <summary>One action of an operator. Contains no secret and nothing that was said.</summary>
/// <param name="Time">When it happened, exact to a millisecond.</param>
/// <param name="Node">Name of the server that took the request.</param>
/// <param name="Action">What was done: <c>key.created</c>, <c>key.changed</c>, <c>key.revoked</c>, <c>session.ended</c>, <c>watch.opened</c>, <c>watch.ended</c>, <c>node.drained</c>, <c>share.deleted</c>, and in calls <c>call.text</c>, <c>call.instruction</c>, <c>call.cut</c>, <c>call.ended</c>, <c>call.tools</c>, <c>call.answered</c>, <c>call.read</c>.</param>
/// <param name="Subject">Id of the key, session, node or share.</param>
/// <param name="Detail">More about it, such as the name of the key; empty if there is nothing to say.</param>
/// <param name="Remote">Address of the client.</param>
public sealed record AuditEntry(DateTimeOffset Time, string Node, string Action, string Subject, string Detail, string Remote);
