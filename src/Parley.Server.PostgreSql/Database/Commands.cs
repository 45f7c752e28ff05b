using Npgsql;

namespace Parley.Server.PostgreSql.Database;

/// <summary>Short forms of commands with positional parameters.</summary>
#pragma warning disable CA1068 // The parameters of a statement follow the statement, and only the last parameter of a method can be a list.
internal static class Commands
{
    internal static NpgsqlCommand Command(this NpgsqlConnection connection, string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);
        return command;
    }

    internal static async Task<int> ExecuteAsync(this NpgsqlConnection connection, CancellationToken cancellationToken, string sql, params NpgsqlParameter[] parameters)
    {
        using var command = connection.Command(sql, parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The first column of the first row; default if there is no row or it is null.</summary>
    internal static async Task<T?> ScalarAsync<T>(this NpgsqlConnection connection, CancellationToken cancellationToken, string sql, params NpgsqlParameter[] parameters)
    {
        using var command = connection.Command(sql, parameters);
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is T value ? value : default;
    }

    internal static void Add(this NpgsqlBatch batch, string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);
        batch.BatchCommands.Add(command);
    }

    /// <summary>A parameter whose type is that of PostgreSQL for <typeparamref name="T"/>, also if it is null.</summary>
    internal static NpgsqlParameter Parameter<T>(T value) => new NpgsqlParameter<T> { TypedValue = value };

    internal static NpgsqlParameter Time(DateTimeOffset time) => Parameter(time.ToUniversalTime());

    /// <summary>A text that a client may have chosen. The one character that PostgreSQL cannot store, and halves of characters, are replaced.</summary>
    internal static NpgsqlParameter Text(string text) => Parameter(Storable(text));

    internal static NpgsqlParameter Column<TRow, T>(TRow[] rows, Func<TRow, T> value) => Parameter(Array.ConvertAll(rows, row => value(row)));

    internal static NpgsqlParameter Texts<TRow>(TRow[] rows, Func<TRow, string> value) => Parameter(Array.ConvertAll(rows, row => Storable(value(row))));

    internal static NpgsqlParameter Times<TRow>(TRow[] rows, Func<TRow, DateTimeOffset> value) => Parameter(Array.ConvertAll(rows, row => value(row).ToUniversalTime()));

    internal static T? OrNull<T>(this NpgsqlDataReader reader, int column)
        where T : struct => reader.IsDBNull(column) ? null : reader.GetFieldValue<T>(column);

    internal static DateTimeOffset Time(this NpgsqlDataReader reader, int column) => reader.GetFieldValue<DateTimeOffset>(column);

    private static string Storable(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
            text = text.Replace('\0', '\ufffd');
        foreach (var letter in text)
        {
            // Encoding replaces halves without their other one.
            if (char.IsSurrogate(letter))
                return System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text));
        }
        return text;
    }
}
