using System.Globalization;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Parley.Server.PostgreSql.Database;

/// <summary>
/// The database: a bounded pool of connections with time limits. Its tables are created or upgraded before the first use. Every operation of the stores may
/// be repeated, and is, up to three times, after an error that passes by itself. If the database cannot be reached, operations fail at once until a
/// connection, tried every second, succeeds: sessions must not wait one after the other for a database that is away.
/// </summary>
internal sealed partial class PostgresDatabase : IAsyncDisposable
{
    internal static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(50), ProbeInterval = TimeSpan.FromSeconds(1);

    private const int MaxAttempts = 3;

    private readonly NpgsqlDataSource _source, _single;
    private readonly PostgresOptions _options;
    private readonly PostgresMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _migrating = new(1);
    private readonly CancellationTokenSource _disposed = new();
    private volatile bool _isMigrated, _isAway;
    private int _isProbing;

    public PostgresDatabase(IOptions<PostgresOptions> options, PostgresMetrics metrics, TimeProvider time, ILogger<PostgresDatabase> logger)
    {
        (_options, _metrics, _time, _logger) = (options.Value, metrics, time, logger);
        var settings = ConnectionSettings.Pooled(_options);
        Name = string.Create(CultureInfo.InvariantCulture, $"PostgreSQL {settings.Host}:{settings.Port}/{settings.Database ?? settings.Username}");
        _source = ConnectionSettings.CreateSource(settings);
        _single = ConnectionSettings.CreateSource(ConnectionSettings.Single(_options));
        metrics.Observe(() => _isAway);
    }

    /// <summary>Host, port and database, for people.</summary>
    internal string Name { get; }

    /// <summary>The schema of the tables.</summary>
    internal string Schema => _options.Schema;

    /// <summary>The last attempt to connect failed.</summary>
    internal bool IsAway => _isAway;

    /// <summary>Runs an operation that may be repeated.</summary>
    /// <exception cref="StorageException">It failed, or the database cannot be reached; the cause was logged.</exception>
    internal async ValueTask<T> RunAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> operation, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        for (var attempt = 1; ; attempt++)
        {
            if (_isAway)
                throw Away();
            try
            {
                await MigrateAsync(cancellationToken).ConfigureAwait(false);
                var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
                await using (connection.ConfigureAwait(false))
                    return await operation(connection, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (IsOfDatabase(e) && !cancellationToken.IsCancellationRequested)
            {
                if (attempt == MaxAttempts || !PostgresErrors.IsTransient(e))
                    throw Failed(e);
                // The other connections of the pool are as dead as this one.
                if (PostgresErrors.IsUnreachable(e))
                    _source.Clear();
            }
            await Task.Delay(RetryDelay, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Opens a connection that is not of the pool, to listen on.</summary>
    /// <exception cref="StorageException">The database cannot be reached; the cause was logged.</exception>
    internal async Task<NpgsqlConnection> OpenListenerAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_isAway)
            throw Away();
        try
        {
            await MigrateAsync(cancellationToken).ConfigureAwait(false);
            return await _single.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (IsOfDatabase(e) && !cancellationToken.IsCancellationRequested)
        {
            throw Failed(e);
        }
    }

    /// <summary>Runs a query of Data Protection, which cannot wait asynchronously. Used at the start and once a day.</summary>
    /// <exception cref="StorageException">It failed, or the database cannot be reached; the cause was logged.</exception>
    internal T Run<T>(Func<NpgsqlConnection, T> operation)
    {
        try
        {
            using var connection = _source.OpenConnection();
            return operation(connection);
        }
        catch (Exception e) when (IsOfDatabase(e))
        {
            throw Failed(e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync().ConfigureAwait(false);
        await _source.DisposeAsync().ConfigureAwait(false);
        await _single.DisposeAsync().ConfigureAwait(false);
    }

    internal static bool IsOfDatabase(Exception e) => e is (NpgsqlException or SocketException or IOException or TimeoutException) and not StorageException;

    private async ValueTask MigrateAsync(CancellationToken cancellationToken)
    {
        if (_isMigrated)
            return;
        await _migrating.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_isMigrated)
                return;
            var (from, to) = await Migrations.ApplyAsync(_source, _options.Schema, Name, cancellationToken).ConfigureAwait(false);
            if (from != to)
                Log.Migrated(_logger, Name, _options.Schema, from, to);
            _isMigrated = true;
        }
        finally
        {
            _migrating.Release();
        }
    }

    private StorageException Away() => new($"{Name} cannot be reached.");

    private StorageException Failed(Exception e)
    {
        var failure = new StorageException($"{Name}: {e.Message}", e);
        _metrics.Failed(e);
        if (PostgresErrors.IsUnreachable(e))
        {
            GoAway(e);
            return failure;
        }
        Log.Failed(_logger, Name, e);
        // A database that does not answer may be away; the probe finds out.
        if (PostgresErrors.IsTimeout(e))
            Probe();
        return failure;
    }

    private void GoAway(Exception cause)
    {
        if (!_isAway)
            Log.Away(_logger, Name, cause.Message);
        _isAway = true;
        Probe();
    }

    private void Probe()
    {
        if (Interlocked.Exchange(ref _isProbing, 1) == 0)
            _ = ProbeAsync();
    }

    private async Task ProbeAsync()
    {
        try
        {
            do
            {
                var error = await TryAsync().ConfigureAwait(false);
                if (error is null)
                {
                    if (_isAway)
                        Log.Back(_logger, Name);
                    _isAway = false;
                    break;
                }
                if (!_isAway)
                    Log.Away(_logger, Name, error.Message);
                _isAway = true;
                // The next attempt is to connect, not to wait for a connection that is dead.
                _source.Clear();
                await Task.Delay(ProbeInterval, _time, _disposed.Token).ConfigureAwait(false);
            }
            while (true);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The server ends.
        }
        finally
        {
            Volatile.Write(ref _isProbing, 0);
        }
    }

    private async Task<Exception?> TryAsync()
    {
        try
        {
            var connection = await _source.OpenConnectionAsync(_disposed.Token).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                var readOnly = await connection.ScalarAsync<string>(_disposed.Token, "SHOW transaction_read_only").ConfigureAwait(false);
                return readOnly == "off" ? null : new NpgsqlException("It is read-only: a standby.");
            }
        }
        catch (Exception e) when (IsOfDatabase(e))
        {
            return e;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.DatabaseFailed, LogLevel.Error, "Database operation failed: {Database}")]
        public static partial void Failed(ILogger logger, string database, Exception exception);

        [LoggerMessage(EventIds.DatabaseAway, LogLevel.Error, "Database cannot be reached: {Database}, {Reason}; requests that need it are refused, running sessions go on")]
        public static partial void Away(ILogger logger, string database, string reason);

        [LoggerMessage(EventIds.DatabaseBack, LogLevel.Information, "Database answers again: {Database}")]
        public static partial void Back(ILogger logger, string database);

        [LoggerMessage(EventIds.DatabaseMigrated, LogLevel.Information, "Database migrated: {Database}, schema {Schema} from version {From} to {To}")]
        public static partial void Migrated(ILogger logger, string database, string schema, int from, int to);
    }
}
