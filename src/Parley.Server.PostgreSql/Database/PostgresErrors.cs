using Npgsql;

namespace Parley.Server.PostgreSql.Database;

/// <summary>Tells errors that pass by themselves from others (PostgreSQL, appendix A: error codes).</summary>
internal static class PostgresErrors
{
    /// <summary>The same operation may succeed if it is repeated at once.</summary>
    internal static bool IsTransient(Exception e) => e switch
    {
        // A media item was swept between its insertion and its use; see MediaTable.
        PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation } => true,
        // The statement took its whole time already.
        PostgresException { SqlState: PostgresErrorCodes.QueryCanceled } => false,
        PostgresException postgres => postgres.IsTransient || IsUnreachable(e),
        _ when IsTimeout(e) => false,
        _ => true,
    };

    /// <summary>The database refuses what it was given: the classes "data exception", "integrity constraint violation" and "program limit exceeded".</summary>
    internal static bool IsOfData(PostgresException e) => e.SqlState[..2] is "22" or "23" or "54";

    /// <summary>There is no connection to the database, it does not take connections, or it has become a standby.</summary>
    internal static bool IsUnreachable(Exception e) => e switch
    {
        PostgresException postgres => postgres.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow
            or PostgresErrorCodes.ReadOnlySqlTransaction,
        _ => !IsTimeout(e),
    };

    /// <summary>The database, or a connection of the pool, took too long.</summary>
    internal static bool IsTimeout(Exception e) =>
        e is TimeoutException or PostgresException { SqlState: PostgresErrorCodes.QueryCanceled }
        || (e is NpgsqlException { InnerException: TimeoutException });
}
