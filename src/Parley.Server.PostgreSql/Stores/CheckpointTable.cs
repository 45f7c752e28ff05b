using Npgsql;
using Parley.Server.PostgreSql.Database;
using static Parley.Server.PostgreSql.Database.Commands;

namespace Parley.Server.PostgreSql.Stores;

/// <summary>
/// Writes checkpoints of any number of sessions, in one round trip. A save takes a lock on the row of its session and compares the epoch, in the statement that
/// writes: after a claim of another server it finds no row.
/// </summary>
internal static class CheckpointTable
{
    private const int StatesPerSession = 3;

    // All servers create them in the order of their ids.
    private const string Create =
        """
        INSERT INTO sessions(id, epoch, model, owner, started, expires)
        SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[]) AS new(id) ORDER BY new.id
        ON CONFLICT DO NOTHING
        """;

    private const string Lock =
        """
        WITH given AS MATERIALIZED (
            SELECT * FROM unnest($1::text[], $2::bigint[], $3::timestamptz[], $4::bigint[], $5::text[], $6::text[], $7::smallint[], $8::bytea[])
                WITH ORDINALITY AS given(id, epoch, expires, serial, kind, credential, encoding, data, position)),
        owned AS MATERIALIZED (
            SELECT given.*, sessions.ended IS NOT NULL OR sessions.expires <> given.expires AS is_changed
            FROM given JOIN sessions ON sessions.id = given.id AND sessions.epoch = given.epoch ORDER BY given.id, given.serial FOR NO KEY UPDATE OF sessions
        """;

    // The row is only locked if nothing in it changes, which is the usual case.
    private const string Write =
        """
        ),
        opened AS (UPDATE sessions SET ended = NULL, expires = owned.expires FROM owned WHERE owned.is_changed AND sessions.id = owned.id),
        saved AS (
            INSERT INTO states(session_id, serial, kind, credential, encoding, data) SELECT id, serial, kind, credential, encoding, data FROM owned
            ON CONFLICT DO NOTHING)
        SELECT position::int - 1 FROM owned
        """;

    private const string Refer =
        """
        INSERT INTO state_media(session_id, serial, position, hash)
        SELECT $1, $2, item.position, item.hash FROM unnest($3::bytea[]) WITH ORDINALITY AS item(hash, position)
        WHERE EXISTS(SELECT FROM states WHERE session_id = $1 AND serial = $2) ON CONFLICT DO NOTHING
        """;

    private const string Prune =
        """
        DELETE FROM states USING unnest($1::text[]) AS given(id) WHERE states.session_id = given.id
            AND states.serial <= (SELECT serial FROM states kept WHERE kept.session_id = given.id ORDER BY serial DESC OFFSET $2 LIMIT 1)
        """;

    /// <summary>Saves a checkpoint; waits for the row of its session.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="save">The checkpoint.</param>
    /// <param name="media">Hashes of its media, which are stored already.</param>
    /// <param name="cancellationToken">Cancels the save.</param>
    /// <returns>False if the session has another epoch, or does not exist.</returns>
    internal static async Task<bool> SaveAsync(NpgsqlConnection connection, PendingSave save, byte[]?[] media, CancellationToken cancellationToken) =>
        (await SaveAsync(connection, [save], Lock + Write, media, cancellationToken).ConfigureAwait(false))[0];

    /// <summary>Saves checkpoints of sessions whose rows nobody else has locked.</summary>
    /// <returns>For each whether it was saved.</returns>
    internal static Task<bool[]> SaveFreeAsync(NpgsqlConnection connection, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken) =>
        SaveAsync(connection, saves, Lock + " SKIP LOCKED " + Write, [], cancellationToken);

    private static async Task<bool[]> SaveAsync(
        NpgsqlConnection connection, IReadOnlyList<PendingSave> saves, string sql, byte[]?[] media, CancellationToken cancellationToken)
    {
        // One transaction.
        using var batch = new NpgsqlBatch(connection);
        SessionCheckpoint[] all = [.. saves.Select(static save => save.Checkpoint)];
        if (Array.FindAll(all, static checkpoint => checkpoint.IsFirst) is { Length: > 0 } first)
        {
            batch.Add(
                Create, Texts(first, static checkpoint => checkpoint.SessionId), Column(first, static checkpoint => checkpoint.Epoch), Texts(first, static checkpoint => checkpoint.Model),
                Texts(first, static checkpoint => checkpoint.Owner), Times(first, static checkpoint => checkpoint.Started), Times(first, static checkpoint => checkpoint.Expires));
        }
        var ids = Texts(all, static checkpoint => checkpoint.SessionId);
        batch.Add(
            sql, ids, Column(all, static checkpoint => checkpoint.Epoch), Times(all, static checkpoint => checkpoint.Expires), Column(all, static checkpoint => checkpoint.Serial),
            Texts(all, static checkpoint => checkpoint.State.Kind), Texts(all, static checkpoint => checkpoint.CredentialId),
            Parameter(saves.Select(static save => save.Encoding).ToArray()), Parameter(saves.Select(static save => save.Data).ToArray()));
        if (media.Length > 0)
            batch.Add(Refer, Text(all[0].SessionId), Parameter(all[0].Serial), Parameter(media));
        batch.Add(Prune, ids.Clone(), Parameter(StatesPerSession));
        var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = reader.ConfigureAwait(false);
        var isSaved = new bool[saves.Count];
        // The only statement with rows.
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            isSaved[reader.GetInt32(0)] = true;
        while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false))
        {
            // An error of a later statement is thrown here.
        }
        return isSaved;
    }
}
