using Microsoft.Extensions.Logging;
using Npgsql;
using Parley.Server.PostgreSql.Database;

namespace Parley.Server.PostgreSql.Stores;

/// <summary>
/// Saves checkpoints of all sessions of the server. While <see cref="MaxBatches"/> transactions are under way, further checkpoints wait, and go together in the
/// next one; otherwise they go at once. Thousands of sessions thus cost a few connections, and a fraction of the commits. A batch waits for no session: one
/// whose row is locked, whose epoch has changed, or whose data the database refuses, is saved by itself, so that it does not affect the others.
/// </summary>
internal sealed partial class SaveQueue(PostgresDatabase database, ILogger<SaveQueue> logger)
{
    /// <summary>More are hardly cheaper by the piece, and make the first ones wait.</summary>
    internal const int MaxBatch = 64;

    /// <summary>Most bytes of states in a batch of several: large ones gain nothing, and a message to the database is bounded.</summary>
    internal const int MaxBatchBytes = 1 << 20;

    /// <summary>Most transactions at a time: enough to use the database while an answer is on its way.</summary>
    internal const int MaxBatches = 3;

    private readonly Lock _gate = new();
    private readonly Queue<PendingSave> _waiting = [];
    private int _running;
    private long _refused;

    /// <summary>Most checkpoints that wait; more are refused. A session has one at a time: there are so many only if the database stands still.</summary>
    internal int MaxWaiting { get; init; } = 16_384;

    /// <summary>Saves a checkpoint; false if the session has another epoch, or does not exist.</summary>
    /// <exception cref="StorageException">It was not saved.</exception>
    internal Task<bool> SaveAsync(PendingSave save)
    {
        lock (_gate)
        {
            if (_waiting.Count == MaxWaiting)
            {
                // Logged once per thousand: the log must not be flooded.
                if (++_refused % 1_000 == 1)
                    Log.Full(logger, database.Name, MaxWaiting);
                return Task.FromException<bool>(new StorageException($"{database.Name}: {MaxWaiting} checkpoints wait to be saved; nothing was written."));
            }
            _waiting.Enqueue(save);
            if (_running == MaxBatches)
                return save.Done;
            _running++;
        }
        _ = RunAsync();
        return save.Done;
    }

    private async Task RunAsync()
    {
        while (Take() is { } batch)
            await SaveAsync(batch).ConfigureAwait(false);
    }

    private List<PendingSave>? Take()
    {
        lock (_gate)
        {
            if (_waiting.Count == 0)
            {
                _running--;
                return null;
            }
            List<PendingSave> batch = [_waiting.Dequeue()];
            var bytes = batch[0].Data.Length;
            while (batch.Count < MaxBatch && _waiting.TryPeek(out var save) && (bytes += save.Data.Length) <= MaxBatchBytes)
                batch.Add(_waiting.Dequeue());
            return batch;
        }
    }

    /// <summary>Saves a batch; whatever happens, each of it is completed, has failed, or is tried by itself. Does not throw.</summary>
    private async Task SaveAsync(List<PendingSave> batch)
    {
        try
        {
            var isSaved = await database.RunAsync((connection, token) => TryAsync(connection, batch, token), CancellationToken.None).ConfigureAwait(false);
            var others = new List<PendingSave>();
            for (var i = 0; i < batch.Count; i++)
            {
                if (isSaved[i])
                    batch[i].Complete(true);
                else
                    others.Add(batch[i]);
            }
            // Not awaited: they may wait for a lock.
            if (others.Count > 0)
                _ = SaveAloneAsync(others);
        }
        catch (Exception e)
        {
            foreach (var save in batch)
                save.Fail(e);
        }
    }

    private static async Task<bool[]> TryAsync(NpgsqlConnection connection, List<PendingSave> batch, CancellationToken cancellationToken)
    {
        try
        {
            return await CheckpointTable.SaveFreeAsync(connection, batch, cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException e) when (PostgresErrors.IsOfData(e))
        {
            return new bool[batch.Count];
        }
    }

    private async Task SaveAloneAsync(List<PendingSave> saves)
    {
        foreach (var save in saves)
        {
            try
            {
                save.Complete(await database.RunAsync((connection, token) => CheckpointTable.SaveAsync(connection, save, [], token), CancellationToken.None).ConfigureAwait(false));
            }
            catch (Exception e)
            {
                save.Fail(e);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.SavesRefused, LogLevel.Warning, "Checkpoints not saved: {Database} is too slow, {Waiting} wait already")]
        public static partial void Full(ILogger logger, string database, int waiting);
    }
}
