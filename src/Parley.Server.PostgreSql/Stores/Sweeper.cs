using Microsoft.Extensions.Options;
using Npgsql;
using Parley.Server.PostgreSql.Database;
using static Parley.Server.PostgreSql.Database.Commands;

namespace Parley.Server.PostgreSql.Stores;

/// <summary>Deletes what has expired, on one server at a time; each server counts the stored media for itself.</summary>
internal sealed class Sweeper(PostgresDatabase database, MediaTable media, IOptions<LiveApiOptions> options, TimeProvider time)
{
    private const string Orphans =
        """
        DELETE FROM media WHERE hash IN (
            SELECT hash FROM media m WHERE NOT EXISTS (SELECT FROM state_media r WHERE r.hash = m.hash) FOR UPDATE SKIP LOCKED)
        """;

    /// <summary>How long a node that died is still listed.</summary>
    private static readonly TimeSpan DeadKept = TimeSpan.FromMinutes(10);

    internal async Task SweepAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await database.RunAsync((connection, token) => DeleteAsync(connection, now, token), cancellationToken).ConfigureAwait(false);
        media.Counted(await database.RunAsync(
            static (connection, token) => connection.ScalarAsync<long>(token, "SELECT coalesce(sum(octet_length(data)), 0)::bigint FROM media"), cancellationToken).ConfigureAwait(false));
    }

    private async Task<bool> DeleteAsync(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = transaction.ConfigureAwait(false);
        if (!await connection.ScalarAsync<bool>(cancellationToken, "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))", Parameter("parley.sweep." + database.Schema)).ConfigureAwait(false))
            return false;
        await connection.ExecuteAsync(cancellationToken, "DELETE FROM sessions WHERE expires <= $1", Time(now)).ConfigureAwait(false);
        await connection.ExecuteAsync(
            cancellationToken, "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE ended IS NOT NULL ORDER BY ended DESC, id OFFSET $1)",
            Parameter(options.Value.Sessions.MaxResumableSessions)).ConfigureAwait(false);
        await connection.ExecuteAsync(cancellationToken, "DELETE FROM tokens WHERE expires < $1", Time(now)).ConfigureAwait(false);
        // Nodes by the clock that renewed them.
        await connection.ExecuteAsync(
            cancellationToken, "DELETE FROM nodes WHERE renewed < clock_timestamp() - $1", Parameter(INodeStore.NodeLifetime + DeadKept)).ConfigureAwait(false);
        await connection.ExecuteAsync(
            cancellationToken, "DELETE FROM node_sessions WHERE NOT EXISTS (SELECT FROM nodes WHERE nodes.id = node_id)").ConfigureAwait(false);
        await connection.ExecuteAsync(cancellationToken, "DELETE FROM key_opens WHERE began < clock_timestamp() - $1", Parameter(DeadKept)).ConfigureAwait(false);
        await transaction.SaveAsync("media", cancellationToken).ConfigureAwait(false);
        try
        {
            await connection.ExecuteAsync(cancellationToken, Orphans).ConfigureAwait(false);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            // A checkpoint that refers to one was committed meanwhile; the next sweep deletes the others.
            await transaction.RollbackAsync("media", cancellationToken).ConfigureAwait(false);
        }
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }
}
