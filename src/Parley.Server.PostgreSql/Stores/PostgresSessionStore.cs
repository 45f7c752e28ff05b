using Npgsql;
using Parley.Server.PostgreSql.Database;
using static Parley.Server.PostgreSql.Database.Commands;

namespace Parley.Server.PostgreSql.Stores;

/// <summary>
/// Keeps sessions in the database. Checkpoints go through <see cref="SaveQueue"/>; those with media each have a transaction of their own.
/// </summary>
internal sealed class PostgresSessionStore(PostgresDatabase database, SaveQueue queue, MediaTable media, TimeProvider time) : ISessionStore
{
    // One statement, so that the state and its media are of the same moment.
    private const string Find =
        """
        SELECT s.epoch, s.model, s.owner, s.started, s.expires, t.kind, t.credential, t.encoding, t.data,
            ARRAY(SELECT m.data FROM state_media r LEFT JOIN media m ON m.hash = r.hash WHERE r.session_id = $1 AND r.serial = $2 ORDER BY r.position)
        FROM sessions s JOIN states t ON t.session_id = s.id WHERE s.id = $1 AND t.serial = $2 AND s.expires > $3
        """;

    public ValueTask<bool> SaveAsync(SessionCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var stored = checkpoint.State.Serialize();
        var (encoding, data) = StateEncoding.Encode(stored.Data.Span);
        var save = new PendingSave(checkpoint, encoding, data);
        return stored.Media.Count == 0
            ? new(queue.SaveAsync(save).WaitAsync(cancellationToken))
            : database.RunAsync((connection, token) => SaveAsync(connection, save, stored.Media, token), cancellationToken);
    }

    public ValueTask<SessionCheckpoint?> FindAsync(string sessionId, long serial, CancellationToken cancellationToken) => database.RunAsync(
        async (connection, token) =>
        {
            using var command = connection.Command(Find, Text(sessionId), Parameter(serial), Time(time.GetUtcNow()));
            var reader = await command.ExecuteReaderAsync(token).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
                return await reader.ReadAsync(token).ConfigureAwait(false) ? Read(sessionId, serial, reader) : null;
        },
        cancellationToken);

    public ValueTask<long?> ClaimAsync(string sessionId, CancellationToken cancellationToken) => database.RunAsync(
        async (connection, token) =>
        {
            // Repeated after a lost connection it raises the epoch once more, which nobody else has seen.
            var epoch = await connection.ScalarAsync<long>(
                token, "UPDATE sessions SET epoch = epoch + 1, ended = NULL WHERE id = $1 AND expires > $2 RETURNING epoch", Text(sessionId), Time(time.GetUtcNow())).ConfigureAwait(false);
            return epoch == 0 ? (long?)null : epoch;
        },
        cancellationToken);

    public async ValueTask EndAsync(string sessionId, long epoch, DateTimeOffset expires, CancellationToken cancellationToken) => await database.RunAsync(
        (connection, token) => connection.ExecuteAsync(
            token, "UPDATE sessions SET ended = $3, expires = $4 WHERE id = $1 AND epoch = $2 AND ended IS NULL",
            Text(sessionId), Parameter(epoch), Time(time.GetUtcNow()), Time(expires)),
        cancellationToken).ConfigureAwait(false);

    public async ValueTask DeleteAsync(string sessionId, long epoch, CancellationToken cancellationToken) => await database.RunAsync(
        (connection, token) => connection.ExecuteAsync(token, "DELETE FROM sessions WHERE id = $1 AND epoch = $2", Text(sessionId), Parameter(epoch)),
        cancellationToken).ConfigureAwait(false);

    private async Task<bool> SaveAsync(NpgsqlConnection connection, PendingSave save, IReadOnlyList<ReadOnlyMemory<byte>?> items, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = transaction.ConfigureAwait(false);
        var hashes = await media.KeepAsync(connection, items, cancellationToken).ConfigureAwait(false);
        if (!await CheckpointTable.SaveAsync(connection, save, hashes, cancellationToken).ConfigureAwait(false))
            return false;
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }

    private static SessionCheckpoint Read(string sessionId, long serial, NpgsqlDataReader reader)
    {
        var media = reader.GetFieldValue<byte[]?[]>(9);
        return new SessionCheckpoint
        {
            SessionId = sessionId,
            Epoch = reader.GetInt64(0),
            Serial = serial,
            Model = reader.GetString(1),
            Owner = reader.GetString(2),
            CredentialId = reader.GetString(6),
            Started = reader.Time(3),
            Expires = reader.Time(4),
            State = new CheckpointState(
                reader.GetString(5),
                new StoredCheckpoint(
                    StateEncoding.Decode(reader.GetInt16(7), reader.GetFieldValue<byte[]>(8)),
                    Array.ConvertAll(media, static item => item is null ? (ReadOnlyMemory<byte>?)null : item))),
        };
    }
}
