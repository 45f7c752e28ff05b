using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Parley.Server.Storage;

/// <summary>
/// The database of a data folder: SQLite, one file, write-ahead log. Reads use a pooled connection and see committed data; writes go
/// through <see cref="LiveDatabaseWriter"/>. One server may use it, and <c>parley keys</c> at the same time.
/// </summary>
internal sealed partial class LiveDatabase : IDisposable
{
    private const string FileName = "parley.db", KeyRingFolder = "keys";

    private readonly string _connectionString;
    private readonly ILogger? _logger;
    private readonly FolderLock? _lock;
    private volatile bool _isFailing;

    /// <param name="folder">Its folder; created if missing.</param>
    /// <param name="logger">Logs failed reads; null = not logged.</param>
    /// <param name="isServer">Reserves the folder: a second server is refused.</param>
    /// <exception cref="InvalidOperationException">The folder cannot be used, another server uses it, or its database was written by a newer version.</exception>
    /// <exception cref="IOException">The folder cannot be created, or other users can read it.</exception>
    internal LiveDatabase(string folder, ILogger? logger = null, bool isServer = false)
    {
        _logger = logger;
        Folder = PrivateFiles.CreateFolder("data folder", folder, FileName, KeyRingFolder, "admin.secret", FolderLock.FileName);
        var path = Path.Combine(Folder, FileName);
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWriteCreate,
            ForeignKeys = true,
            Pooling = true,
            // Other processes hold the write lock only briefly.
            DefaultTimeout = 10,
        }.ToString();
        try
        {
            _lock = isServer ? FolderLock.Take(Folder) : null;
            // SQLite gives its other files the rights of this one.
            PrivateFiles.Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite).Dispose();
            PrivateFiles.Tighten(path + "-wal");
            PrivateFiles.Tighten(path + "-shm");
            using var connection = Open();
            connection.Execute("PRAGMA journal_mode = WAL");
            Migrations.Apply(connection);
        }
        catch (Exception e)
        {
            Dispose();
            if (e is SqliteException or IOException or UnauthorizedAccessException)
                throw new InvalidOperationException($"The data folder {Folder} cannot be used: {e.Message.TrimEnd('.')}. Repair it, or use another data folder.", e);
            throw;
        }
    }

    internal string Folder { get; }

    /// <summary>The last read failed.</summary>
    internal bool IsFailing => _isFailing;

    internal SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        // FULL: a commit survives a power failure; otherwise a token could be used twice.
        connection.Execute("PRAGMA synchronous = FULL");
        return connection;
    }

    /// <summary>Reads.</summary>
    /// <exception cref="StorageException">The read failed; the first failure is logged here.</exception>
    internal T Read<T>(Func<SqliteConnection, T> read)
    {
        try
        {
            using var connection = Open();
            var result = read(connection);
            _isFailing = false;
            return result;
        }
        catch (Exception e) when (e is not StorageException)
        {
            // Once, until a read succeeds again: every request reads.
            if (_logger is not null && !_isFailing)
                Log.ReadFailed(_logger, e);
            _isFailing = true;
            throw new StorageException($"The database in {Folder} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Tries a read, after one failed: a server that gets no more requests would not notice that its disk is back.</summary>
    internal bool Recovers()
    {
        try
        {
            return Read(static connection => connection.Number("SELECT version FROM schema_version")) is not null;
        }
        catch (StorageException)
        {
            return false;
        }
    }

    /// <summary>Creates the folder of the key ring, readable by this user only, and makes the keys in it private.</summary>
    internal DirectoryInfo CreateKeyRingFolder()
    {
        var folder = PrivateFiles.CreateFolder("key ring", Path.Combine(Folder, KeyRingFolder), "*.xml");
        foreach (var key in Directory.EnumerateFiles(folder))
            PrivateFiles.Tighten(key);
        return new DirectoryInfo(folder);
    }

    /// <summary>Closes the pooled connections to the file, and releases the folder for the next server.</summary>
    public void Dispose()
    {
        using (var connection = new SqliteConnection(_connectionString))
            SqliteConnection.ClearPool(connection);
        _lock?.Dispose();
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.DatabaseReadFailed, LogLevel.Error, "Database read failed; requests that need it are refused")]
        public static partial void ReadFailed(ILogger logger, Exception exception);
    }
}

/// <summary>Short forms of SQL commands.</summary>
internal static class SqliteExtensions
{
    internal static SqliteCommand Command(this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }

    internal static int Execute(this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = connection.Command(sql, parameters);
        return command.ExecuteNonQuery();
    }

    /// <summary>The first column of the first row as a number; null if there is no row or no value.</summary>
    internal static long? Number(this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = connection.Command(sql, parameters);
        return command.ExecuteScalar() is { } value and not DBNull ? Convert.ToInt64(value, CultureInfo.InvariantCulture) : null;
    }

    /// <summary>Reads a time, stored as milliseconds since 1970.</summary>
    internal static DateTimeOffset Time(this SqliteDataReader reader, int column) => DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(column));

    internal static T? OrNull<T>(this SqliteDataReader reader, int column)
        where T : struct => reader.IsDBNull(column) ? null : reader.GetFieldValue<T>(column);

    internal static string? TextOrNull(this SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
