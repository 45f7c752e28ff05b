using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Parley.Server.Storage;

/// <summary>
/// All writes of the server, on one task of its own: what waits is taken together and committed once, so that a thousand sessions cost one
/// flush to disk. Each piece of work stands for itself: one that fails takes no other with it. The queue is bounded; a session is never made
/// to wait for it, it is told that nothing was kept.
/// </summary>
internal sealed partial class LiveDatabaseWriter : IAsyncDisposable
{
    internal const int MaxQueued = 16_384;
    private const int MaxBatch = 512;

    private readonly LiveDatabase _database;
    private readonly ILogger _logger;
    private readonly Channel<Work> _queue = Channel.CreateBounded<Work>(new BoundedChannelOptions(MaxQueued) { SingleReader = true });
    private readonly Task _running;
    private long _refused;

    public LiveDatabaseWriter(LiveDatabase database, ILogger<LiveDatabaseWriter> logger)
    {
        (_database, _logger) = (database, logger);
        _running = Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
    }

    /// <summary>Pieces of work that wait.</summary>
    internal int Queued => _queue.Reader.Count;

    /// <summary>Pieces of work there was no room for.</summary>
    internal long Refused => Interlocked.Read(ref _refused);

    /// <summary>The last batch could not be committed.</summary>
    internal bool IsFailing { get; private set; }

    /// <summary>Does some work; what it returns is there when it is durable.</summary>
    /// <exception cref="StorageException">There is no room, the server is stopping, or it could not be written.</exception>
    internal Task<T> RunAsync<T>(Func<SqliteConnection, T> work)
    {
        var job = new Work<T>(work);
        if (_queue.Writer.TryWrite(job))
            return job.Done;
        Refuse();
        return Task.FromException<T>(new StorageException("The database does not keep up; nothing was written."));
    }

    /// <summary>Does some work that nobody waits for.</summary>
    internal void Post(Action<SqliteConnection> work)
    {
        var job = new Work<bool>(connection =>
        {
            work(connection);
            return true;
        });
        if (_queue.Writer.TryWrite(job))
            _ = job.Done.ContinueWith(static done => done.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        else
            Refuse();
    }

    /// <summary>Writes what waits, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _running.ConfigureAwait(false);
        _database.Release();
    }

    private void Refuse()
    {
        // Once for each thousand: where the disk stands still, so would the log.
        if (Interlocked.Increment(ref _refused) % 1_000 == 1)
            Log.QueueFull(_logger, MaxQueued);
    }

    private async Task RunAsync()
    {
        using var connection = _database.Open();
        var batch = new List<Work>(MaxBatch);
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            batch.Clear();
            while (batch.Count < MaxBatch && _queue.Reader.TryRead(out var work))
                batch.Add(work);
            Commit(connection, batch);
        }
    }

    private void Commit(SqliteConnection connection, List<Work> batch)
    {
        try
        {
            using (var transaction = connection.BeginTransaction(deferred: false))
            {
                foreach (var work in batch)
                {
                    transaction.Save("work");
                    try
                    {
                        work.Run(connection);
                    }
                    catch (Exception e) when (e is not OutOfMemoryException)
                    {
                        Log.WorkFailed(_logger, e);
                        work.Fail(e);
                        transaction.Rollback("work");
                    }
                    transaction.Release("work");
                }
                transaction.Commit();
            }
            IsFailing = false;
            foreach (var work in batch)
                work.Complete();
        }
        catch (Exception e) when (e is SqliteException or InvalidOperationException)
        {
            IsFailing = true;
            Log.CommitFailed(_logger, batch.Count, e);
            foreach (var work in batch)
                work.Fail(e);
        }
    }

    private abstract class Work
    {
        internal abstract void Run(SqliteConnection connection);

        internal abstract void Complete();

        internal abstract void Fail(Exception exception);
    }

    private sealed class Work<T>(Func<SqliteConnection, T> work) : Work
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;

        internal Task<T> Done => _done.Task;

        internal override void Run(SqliteConnection connection) => _result = work(connection);

        internal override void Complete() => _done.TrySetResult(_result!);

        internal override void Fail(Exception exception) => _done.TrySetException(new StorageException("The database could not be written.", exception));
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.DatabaseBehind, LogLevel.Warning, "The database does not keep up: {Queued} writes wait, and more are given up. What was given up is no longer there after a restart")]
        public static partial void QueueFull(ILogger logger, int queued);

        [LoggerMessage(EventIds.DatabaseWorkFailed, LogLevel.Error, "A write to the database failed")]
        public static partial void WorkFailed(ILogger logger, Exception exception);

        [LoggerMessage(EventIds.DatabaseFailed, LogLevel.Error, "{Count} writes to the database could not be committed")]
        public static partial void CommitFailed(ILogger logger, int count, Exception exception);
    }
}
