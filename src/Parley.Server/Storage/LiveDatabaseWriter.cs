using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Parley.Server.Storage;

/// <summary>
/// Runs all writes of the server on a task of its own. Queued writes are committed together, so that a thousand sessions cost one flush to disk, but each
/// has its own savepoint: a failed write does not affect the others. The queue is bounded; when it is full a write fails at once, so that sessions never
/// wait for the disk.
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

    /// <summary>Number of queued writes.</summary>
    internal int Queued => _queue.Reader.Count;

    /// <summary>Number of writes refused because the queue was full.</summary>
    internal long Refused => Interlocked.Read(ref _refused);

    /// <summary>The last commit failed.</summary>
    internal bool IsFailing { get; private set; }

    /// <summary>Queues a write; the task completes with its result when it is durable.</summary>
    /// <param name="work">The write.</param>
    /// <param name="cancellationToken">Cancels the wait, not a queued write.</param>
    /// <exception cref="StorageException">The queue is full, the server is stopping, or the write failed.</exception>
    internal Task<T> RunAsync<T>(Func<SqliteConnection, T> work, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<T>(cancellationToken);
        var job = new Work<T>(work);
        if (_queue.Writer.TryWrite(job))
            return cancellationToken.CanBeCanceled ? job.Done.WaitAsync(cancellationToken) : job.Done;
        Refuse();
        return Task.FromException<T>(new StorageException("The write queue of the database is full; nothing was written."));
    }

    /// <summary>Queues a write without waiting for it; failures are logged.</summary>
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

    /// <summary>Completes the queued writes.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _running.ConfigureAwait(false);
    }

    private void Refuse()
    {
        // Logged once per thousand: if the disk stalls, the log must not be flooded.
        if (Interlocked.Increment(ref _refused) % 1_000 == 1)
            Log.QueueFull(_logger, MaxQueued);
    }

    private async Task RunAsync()
    {
        SqliteConnection? connection = null;
        var batch = new List<Work>(MaxBatch);
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            batch.Clear();
            while (batch.Count < MaxBatch && _queue.Reader.TryRead(out var work))
                batch.Add(work);
            connection = Commit(connection, batch);
        }
        connection?.Dispose();
    }

    /// <summary>Commits a batch; whatever happens, every one of it is completed or has failed.</summary>
    /// <param name="connection">The connection; null = open one.</param>
    /// <param name="batch">The writes.</param>
    /// <returns>The connection for the next batch; null if it may be broken.</returns>
    private SqliteConnection? Commit(SqliteConnection? connection, List<Work> batch)
    {
        try
        {
            connection ??= _database.Open();
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
            return connection;
        }
        catch (Exception e)
        {
            IsFailing = true;
            foreach (var work in batch)
                work.Fail(e);
            Log.CommitFailed(_logger, batch.Count, e);
            connection?.Dispose();
            return null;
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

        internal override void Fail(Exception exception) => _done.TrySetException(new StorageException("The database write failed.", exception));
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.DatabaseBehind, LogLevel.Warning, "Database queue full: {Queued} writes queued, further ones are dropped and will be missing after a restart")]
        public static partial void QueueFull(ILogger logger, int queued);

        [LoggerMessage(EventIds.DatabaseWorkFailed, LogLevel.Error, "Database write failed")]
        public static partial void WorkFailed(ILogger logger, Exception exception);

        [LoggerMessage(EventIds.DatabaseFailed, LogLevel.Error, "Database commit failed: {Count} writes lost")]
        public static partial void CommitFailed(ILogger logger, int count, Exception exception);
    }
}
