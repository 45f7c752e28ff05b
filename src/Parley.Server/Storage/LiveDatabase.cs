using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Parley.Server.Storage;

/// <summary>
/// The database of a data folder: SQLite, one file, write-ahead log. Reads use a pooled connection and see committed data; writes go
/// through <see cref="LiveDatabaseWriter"/>. Several processes may open it: the server, and <c>parley keys</c> at the same time.
/// </summary>
internal sealed class LiveDatabase
{
    private readonly string _connectionString;

    /// <exception cref="InvalidOperationException">The database was written by a newer version.</exception>
    internal LiveDatabase(string folder)
    {
        Folder = Path.GetFullPath(folder);
        CreatePrivate(Folder);
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = Path.Combine(Folder, "parley.db"),
            Mode = SqliteOpenMode.ReadWriteCreate,
            ForeignKeys = true,
            Pooling = true,
            // Other processes hold the write lock only briefly.
            DefaultTimeout = 10,
        }.ToString();
        using var connection = Open();
        connection.Execute("PRAGMA journal_mode = WAL");
        Migrations.Apply(connection);
    }

    internal string Folder { get; }

    internal SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        // FULL: a commit survives a power failure; otherwise a token could be used twice.
        connection.Execute("PRAGMA synchronous = FULL");
        return connection;
    }

    /// <summary>Closes the pooled connections to the file.</summary>
    internal void Release()
    {
        using var connection = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(connection);
    }

    // Contains keys and conversations, so only this user may read it.
    private static void CreatePrivate(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
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
