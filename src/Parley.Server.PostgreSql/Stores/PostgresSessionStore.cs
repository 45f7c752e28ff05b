using Npgsql;
using Parley.Server.PostgreSql.Database;
using static Parley.Server.PostgreSql.Database.Commands;

namespace Parley.Server.PostgreSql.Stores;

/// <summary>
/// Keeps sessions in the database. A save takes a lock on the row of its session and compares the epoch, in the statement that writes: after a claim of
/// another server it finds no row. Without media it is one round trip.
/// </summary>
internal sealed class PostgresSessionStore(PostgresDatabase database, MediaTable media, TimeProvider time) : ISessionStore
{
    private const int StatesPerSession = 3;

    private const string Create =
        "INSERT INTO sessions(id, epoch, model, owner, started, expires) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";

    // The row is only locked if nothing in it changes, which is the usual case.
    private const string Save =
        """
        WITH owned AS MATERIALIZED (SELECT id, expires, ended FROM sessions WHERE id = $1 AND epoch = $2 FOR NO KEY UPDATE),
        opened AS (
            UPDATE sessions SET ended = NULL, expires = $3 FROM owned WHERE sessions.id = owned.id AND (owned.ended IS NOT NULL OR owned.expires <> $3)),
        saved AS (
            INSERT INTO states(session_id, serial, kind, credential, encoding, data) SELECT id, $4, $5, $6, $7, $8 FROM owned ON CONFLICT DO NOTHING)
        SELECT EXISTS(SELECT FROM owned)
        """;

    private const string Refer =
        """
        INSERT INTO state_media(session_id, serial, position, hash)
        SELECT $1, $2, item.position, item.hash FROM unnest($3::bytea[]) WITH ORDINALITY AS item(hash, position)
        WHERE EXISTS(SELECT FROM states WHERE session_id = $1 AND serial = $2) ON CONFLICT DO NOTHING
        """;

    private const string Prune =
        """
        DELETE FROM states WHERE session_id = $1 AND serial <= (SELECT serial FROM states WHERE session_id = $1 ORDER BY serial DESC OFFSET $2 LIMIT 1)
        """;

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
        return database.RunAsync(
            async (connection, token) =>
            {
                if (stored.Media.Count == 0)
                    return await SaveAsync(connection, checkpoint, encoding, data, [], token).ConfigureAwait(false);
                var transaction = await connection.BeginTransactionAsync(token).ConfigureAwait(false);
                await using var _ = transaction.ConfigureAwait(false);
                var hashes = await media.KeepAsync(connection, stored.Media, token).ConfigureAwait(false);
                if (!await SaveAsync(connection, checkpoint, encoding, data, hashes, token).ConfigureAwait(false))
                    return false;
                await transaction.CommitAsync(token).ConfigureAwait(false);
                return true;
            },
            cancellationToken);
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

    private static async Task<bool> SaveAsync(
        NpgsqlConnection connection, SessionCheckpoint checkpoint, short encoding, byte[] data, byte[]?[] hashes, CancellationToken cancellationToken)
    {
        using var batch = new NpgsqlBatch(connection);
        if (checkpoint.IsFirst)
        {
            batch.Add(
                Create, Text(checkpoint.SessionId), Parameter(checkpoint.Epoch), Text(checkpoint.Model), Text(checkpoint.Owner), Time(checkpoint.Started),
                Time(checkpoint.Expires));
        }
        batch.Add(
            Save, Text(checkpoint.SessionId), Parameter(checkpoint.Epoch), Time(checkpoint.Expires), Parameter(checkpoint.Serial), Text(checkpoint.State.Kind),
            Text(checkpoint.CredentialId), Parameter(encoding), Parameter(data));
        if (hashes.Length > 0)
            batch.Add(Refer, Text(checkpoint.SessionId), Parameter(checkpoint.Serial), Parameter(hashes));
        batch.Add(Prune, Text(checkpoint.SessionId), Parameter(StatesPerSession));
        var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = reader.ConfigureAwait(false);
        // The only statement with rows.
        var isSaved = await reader.ReadAsync(cancellationToken).ConfigureAwait(false) && reader.GetBoolean(0);
        while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false))
        {
            // An error of a later statement is thrown here.
        }
        return isSaved;
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
