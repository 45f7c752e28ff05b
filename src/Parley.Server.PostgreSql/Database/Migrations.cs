using Npgsql;
using static Parley.Server.PostgreSql.Database.Commands;

namespace Parley.Server.PostgreSql.Database;

/// <summary>
/// Creates and upgrades the tables, under a lock that one server at a time has. A released step is never changed; a new one is added after it. Servers of the
/// version before go on while a new one upgrades: a step adds what its version needs, and only a later step, once no server uses it, removes what is old.
/// Each step names the oldest version that can work with its tables.
/// </summary>
internal static class Migrations
{
    /// <summary>The steps, and for each the oldest version of the tables whose servers may still run.</summary>
    internal static readonly (string Sql, int Oldest)[] Steps =
    [
        (
            """
            CREATE TABLE key_ring(id text COLLATE "C" PRIMARY KEY, master text, xml bytea NOT NULL, created timestamptz NOT NULL DEFAULT clock_timestamp());
            CREATE TABLE secrets(name text COLLATE "C" PRIMARY KEY, value bytea NOT NULL);

            CREATE TABLE keys(
                id text COLLATE "C" PRIMARY KEY, name text NOT NULL, hash bytea NOT NULL, created timestamptz NOT NULL, expires timestamptz, revoked timestamptz,
                max_sessions int, opens_per_minute int, minutes_per_day int, tokens_per_day bigint, models text[] NOT NULL);

            CREATE TABLE tokens(
                id text COLLATE "C" PRIMARY KEY, owner text NOT NULL, key_id text NOT NULL, uses int, used int NOT NULL DEFAULT 0,
                expires timestamptz NOT NULL, new_sessions_until timestamptz NOT NULL, setup bytea, mask text[] NOT NULL) WITH (fillfactor = 80);
            CREATE INDEX tokens_by_expiry ON tokens(expires);
            CREATE TABLE token_uses(
                token_id text COLLATE "C" NOT NULL REFERENCES tokens ON DELETE CASCADE, use_id text COLLATE "C" NOT NULL, PRIMARY KEY(token_id, use_id));

            CREATE TABLE sessions(
                id text COLLATE "C" PRIMARY KEY, epoch bigint NOT NULL, model text NOT NULL, owner text NOT NULL, started timestamptz NOT NULL,
                expires timestamptz NOT NULL, ended timestamptz) WITH (fillfactor = 70);
            CREATE INDEX sessions_by_expiry ON sessions(expires);
            CREATE INDEX sessions_by_end ON sessions(ended) WHERE ended IS NOT NULL;
            CREATE TABLE states(
                session_id text COLLATE "C" NOT NULL REFERENCES sessions ON DELETE CASCADE, serial bigint NOT NULL, kind text NOT NULL,
                credential text NOT NULL, encoding smallint NOT NULL, data bytea NOT NULL, PRIMARY KEY(session_id, serial));
            ALTER TABLE states ALTER COLUMN data SET STORAGE EXTERNAL;
            CREATE TABLE media(hash bytea PRIMARY KEY, data bytea NOT NULL);
            ALTER TABLE media ALTER COLUMN data SET STORAGE EXTERNAL;
            CREATE TABLE state_media(
                session_id text COLLATE "C" NOT NULL, serial bigint NOT NULL, position int NOT NULL, hash bytea REFERENCES media,
                PRIMARY KEY(session_id, serial, position), FOREIGN KEY(session_id, serial) REFERENCES states ON DELETE CASCADE);
            CREATE INDEX state_media_by_hash ON state_media(hash);

            CREATE TABLE usage_daily(
                day date NOT NULL, key_id text COLLATE "C" NOT NULL, sessions bigint NOT NULL, resumes bigint NOT NULL, milliseconds bigint NOT NULL,
                prompt_tokens bigint NOT NULL, response_tokens bigint NOT NULL, PRIMARY KEY(day, key_id)) WITH (fillfactor = 70);
            CREATE TABLE closes_daily(
                day date NOT NULL, key_id text COLLATE "C" NOT NULL, code int NOT NULL, cause text COLLATE "C" NOT NULL, count bigint NOT NULL,
                PRIMARY KEY(day, key_id, code, cause)) WITH (fillfactor = 70);
            CREATE TABLE usage_writers(id text COLLATE "C" PRIMARY KEY, sequence bigint NOT NULL, day date NOT NULL) WITH (fillfactor = 70);

            CREATE TABLE nodes(
                id text COLLATE "C" PRIMARY KEY, name text COLLATE "C" NOT NULL, version text NOT NULL, started timestamptz NOT NULL,
                draining boolean NOT NULL, renewed timestamptz NOT NULL) WITH (fillfactor = 50);
            CREATE TABLE node_sessions(
                session_id text COLLATE "C" PRIMARY KEY, node_id text COLLATE "C" NOT NULL, connection_id text NOT NULL, key_id text COLLATE "C" NOT NULL,
                on_token boolean NOT NULL, model text NOT NULL, resumed boolean NOT NULL, started timestamptz NOT NULL, until timestamptz NOT NULL);
            CREATE INDEX node_sessions_by_key ON node_sessions(key_id);
            CREATE INDEX node_sessions_by_node ON node_sessions(node_id);
            CREATE TABLE key_opens(key_id text COLLATE "C" PRIMARY KEY, began timestamptz NOT NULL, count int NOT NULL, last uuid NOT NULL) WITH (fillfactor = 50);
            """,
            1),
        (
            """
            ALTER TABLE usage_daily ADD COLUMN cost numeric, ADD COLUMN unpriced_tokens bigint NOT NULL DEFAULT 0;
            CREATE TABLE audit(
                id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, time timestamptz NOT NULL, node text NOT NULL, action text NOT NULL, subject text NOT NULL,
                detail text NOT NULL, remote text NOT NULL);
            CREATE INDEX audit_by_time ON audit(time);
            """,
            1),
        (
            """
            CREATE TABLE webhook_outbox(
                webhook text COLLATE "C" NOT NULL, event_id text COLLATE "C" NOT NULL, created timestamptz NOT NULL, due timestamptz NOT NULL, attempts int NOT NULL,
                body bytea NOT NULL, PRIMARY KEY(webhook, event_id)) WITH (fillfactor = 70);
            CREATE INDEX webhook_outbox_by_due ON webhook_outbox(webhook, due);
            """,
            1),
        ("ALTER TABLE tokens ADD COLUMN identity text", 1),
    ];

    /// <returns>The version of the tables before and after.</returns>
    /// <exception cref="InvalidOperationException">The tables are of a newer version that this one cannot work with.</exception>
    internal static Task<(int From, int To)> ApplyAsync(NpgsqlDataSource source, string schema, string name, CancellationToken cancellationToken) =>
        ApplyAsync(source, schema, name, Steps, cancellationToken);

    /// <param name="source">The database.</param>
    /// <param name="schema">The schema, which is a valid name.</param>
    /// <param name="name">The database, for errors.</param>
    /// <param name="steps">The steps of this version.</param>
    /// <param name="cancellationToken">Cancels the wait for the lock, and the upgrade.</param>
    internal static async Task<(int From, int To)> ApplyAsync(
        NpgsqlDataSource source, string schema, string name, (string Sql, int Oldest)[] steps, CancellationToken cancellationToken)
    {
        var connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = transaction.ConfigureAwait(false);
        // Another server may take long to upgrade, and so may this one.
        await ExecuteAsync(connection, "SET LOCAL statement_timeout = 0", cancellationToken).ConfigureAwait(false);
        await ExecuteAsync(connection, "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", cancellationToken, Parameter("parley.migrations." + schema)).ConfigureAwait(false);
        if (await connection.ScalarAsync<string>(cancellationToken, "SELECT nspname::text FROM pg_namespace WHERE nspname = $1", Parameter(schema)).ConfigureAwait(false) is null)
            await ExecuteAsync(connection, $"CREATE SCHEMA {schema}", cancellationToken).ConfigureAwait(false);
        await ExecuteAsync(connection, "CREATE TABLE IF NOT EXISTS schema_version(version int NOT NULL, oldest int NOT NULL)", cancellationToken).ConfigureAwait(false);
        var from = await connection.ScalarAsync<int>(cancellationToken, "SELECT version FROM schema_version").ConfigureAwait(false);
        var oldest = await connection.ScalarAsync<int>(cancellationToken, "SELECT oldest FROM schema_version").ConfigureAwait(false);
        if (oldest > steps.Length)
            throw new InvalidOperationException($"{name}, schema {schema}, was written by a newer version of Parley (schema version {from}, which needs at least {oldest}; this version has {steps.Length}). Use the newer version, or another schema or database.");
        // Newer tables that this version can work with stay as they are.
        if (from >= steps.Length)
            return (from, from);
        for (var step = from; step < steps.Length; step++)
            await ExecuteAsync(connection, steps[step].Sql, cancellationToken).ConfigureAwait(false);
        await ExecuteAsync(connection, "DELETE FROM schema_version", cancellationToken).ConfigureAwait(false);
        await ExecuteAsync(
            connection, "INSERT INTO schema_version(version, oldest) VALUES ($1, $2)", cancellationToken, Parameter(steps.Length), Parameter(steps[^1].Oldest)).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return (from, steps.Length);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        using var command = connection.Command(sql, parameters);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
