namespace Parley.Server;

/// <summary>
/// Stores the usage of keys as sums by day (UTC). Several servers may share one store. A failed operation throws <see cref="StorageException"/>; a cancelled
/// one may still take effect. Safe for use by many threads.
/// </summary>
public interface IUsageStore
{
    /// <summary>
    /// Adds amounts to the sums of their days, all of them or none. A batch is added once: the server repeats it until this succeeds, and a batch whose number
    /// is not greater than the last one of its writer changes nothing.
    /// </summary>
    ValueTask AddAsync(UsageBatch batch, CancellationToken cancellationToken);

    /// <summary>Returns the sums of a day and all later ones, in any order.</summary>
    ValueTask<UsageSums> LoadAsync(DateOnly firstDay, CancellationToken cancellationToken);

    /// <summary>Returns the sums of some keys on one day, in any order, without those that have none.</summary>
    ValueTask<IReadOnlyList<DayUsage>> FindAsync(DateOnly day, IReadOnlyCollection<string> keyIds, CancellationToken cancellationToken);

    /// <summary>Deletes the sums before a day.</summary>
    ValueTask DeleteBeforeAsync(DateOnly firstDay, CancellationToken cancellationToken);
}
