using Microsoft.Data.Sqlite;

namespace Parley.Server.Storage;

/// <summary>Creates and upgrades the tables. A released step is never changed; a new one is added after it.</summary>
internal static class Migrations
{
    private static readonly string[] Steps =
    [
        """
        CREATE TABLE secrets(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;

        CREATE TABLE tokens(
            id TEXT PRIMARY KEY, owner TEXT NOT NULL, key_id TEXT NOT NULL, uses INTEGER, used INTEGER NOT NULL DEFAULT 0,
            expires INTEGER NOT NULL, new_sessions_until INTEGER NOT NULL, setup BLOB, mask TEXT NOT NULL) WITHOUT ROWID;
        CREATE INDEX tokens_by_expiry ON tokens(expires);

        CREATE TABLE keys(
            id TEXT PRIMARY KEY, name TEXT NOT NULL, hash BLOB NOT NULL, created INTEGER NOT NULL, expires INTEGER, revoked INTEGER,
            max_sessions INTEGER, opens_per_minute INTEGER, minutes_per_day INTEGER, tokens_per_day INTEGER, models TEXT NOT NULL) WITHOUT ROWID;

        CREATE TABLE sessions(
            id TEXT PRIMARY KEY, epoch INTEGER NOT NULL, model TEXT NOT NULL, owner TEXT NOT NULL, started INTEGER NOT NULL, ended INTEGER) WITHOUT ROWID;
        CREATE INDEX sessions_by_end ON sessions(ended) WHERE ended IS NOT NULL;
        CREATE TABLE states(
            session_id TEXT NOT NULL REFERENCES sessions(id) ON DELETE CASCADE, serial INTEGER NOT NULL, kind TEXT NOT NULL,
            data BLOB NOT NULL, PRIMARY KEY(session_id, serial));
        CREATE TABLE media(hash BLOB PRIMARY KEY, data BLOB NOT NULL);
        CREATE TABLE state_media(
            session_id TEXT NOT NULL, serial INTEGER NOT NULL, position INTEGER NOT NULL, hash BLOB REFERENCES media(hash),
            PRIMARY KEY(session_id, serial, position),
            FOREIGN KEY(session_id, serial) REFERENCES states(session_id, serial) ON DELETE CASCADE) WITHOUT ROWID;
        CREATE INDEX state_media_by_hash ON state_media(hash);

        CREATE TABLE usage_daily(
            day TEXT NOT NULL, key_id TEXT NOT NULL, sessions INTEGER NOT NULL DEFAULT 0, resumes INTEGER NOT NULL DEFAULT 0,
            milliseconds INTEGER NOT NULL DEFAULT 0, prompt_tokens INTEGER NOT NULL DEFAULT 0, response_tokens INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY(day, key_id)) WITHOUT ROWID;
        CREATE TABLE closes_daily(
            day TEXT NOT NULL, key_id TEXT NOT NULL, code INTEGER NOT NULL, cause TEXT NOT NULL, count INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY(day, key_id, code, cause)) WITHOUT ROWID;
        """,
        "ALTER TABLE states ADD COLUMN credential TEXT NOT NULL DEFAULT ''",
        """
        ALTER TABLE sessions ADD COLUMN expires INTEGER NOT NULL DEFAULT 253402300799999;
        CREATE INDEX sessions_by_expiry ON sessions(expires);
        CREATE TABLE token_uses(
            token_id TEXT NOT NULL REFERENCES tokens(id) ON DELETE CASCADE, use_id TEXT NOT NULL, PRIMARY KEY(token_id, use_id)) WITHOUT ROWID;
        CREATE TABLE usage_writers(id TEXT PRIMARY KEY, sequence INTEGER NOT NULL, day TEXT NOT NULL) WITHOUT ROWID;
        """,
        """
        ALTER TABLE usage_daily ADD COLUMN cost INTEGER;
        ALTER TABLE usage_daily ADD COLUMN unpriced_tokens INTEGER NOT NULL DEFAULT 0;
        CREATE TABLE audit(
            id INTEGER PRIMARY KEY, time INTEGER NOT NULL, node TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL, remote TEXT NOT NULL);
        CREATE INDEX audit_by_time ON audit(time);
        """,
        """
        CREATE TABLE webhook_outbox(
            webhook TEXT NOT NULL, event_id TEXT NOT NULL, created INTEGER NOT NULL, due INTEGER NOT NULL, attempts INTEGER NOT NULL, body BLOB NOT NULL,
            PRIMARY KEY(webhook, event_id)) WITHOUT ROWID;
        CREATE INDEX webhook_outbox_by_due ON webhook_outbox(webhook, due);
        """,
        "ALTER TABLE tokens ADD COLUMN identity TEXT",
    ];

    /// <exception cref="InvalidOperationException">The database was written by a newer version.</exception>
    internal static void Apply(SqliteConnection connection)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        connection.Execute("CREATE TABLE IF NOT EXISTS schema_version(version INTEGER NOT NULL)");
        var version = connection.Number("SELECT version FROM schema_version") ?? 0;
        if (version > Steps.Length)
            throw new InvalidOperationException($"{connection.DataSource} was written by a newer version of Parley (schema {version}, this version supports {Steps.Length}). Use the newer version, or another data folder.");
        for (var step = (int)version; step < Steps.Length; step++)
            connection.Execute(Steps[step]);
        connection.Execute("DELETE FROM schema_version");
        connection.Execute("INSERT INTO schema_version(version) VALUES (@version)", ("@version", Steps.Length));
        transaction.Commit();
    }
}
