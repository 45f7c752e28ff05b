using Parley.Server.Access;

namespace Parley.Server;

/// <summary>
/// Acts on the running sessions of users. Resolve it from the services of the server. The calls reach all servers that share a store, and return when the command is sent.
/// Safe for use by many threads.
/// </summary>
public sealed class LiveUsers
{
    private readonly INodeStore _nodes;

    internal LiveUsers(INodeStore nodes) => _nodes = nodes;

    /// <summary>
    /// Calls <see cref="ILiveUserPolicy.RecheckAsync"/> for a user with running sessions now, and not only within 30 s. If the policy refuses the user, the sessions are closed with 1008.
    /// </summary>
    /// <param name="userId">The <see cref="LiveUser.Id"/>.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="StorageException">The other servers cannot be reached.</exception>
    public async Task RecheckAsync(string userId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(userId);
        await _nodes.SignalAsync(new NodeSignal(NodeSignalKind.UserChanged, UserIds.OwnerOf(userId)), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Closes the running sessions of a user with 1008 <see cref="LiveClose.PermissionDenied"/>, also those on tokens of the user. It does not refuse new ones: let the policy do so first.
    /// </summary>
    /// <param name="userId">The <see cref="LiveUser.Id"/>.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="StorageException">The other servers cannot be reached.</exception>
    public async Task EndSessionsAsync(string userId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(userId);
        await _nodes.SignalAsync(new NodeSignal(NodeSignalKind.EndUser, UserIds.OwnerOf(userId)), cancellationToken).ConfigureAwait(false);
    }
}
