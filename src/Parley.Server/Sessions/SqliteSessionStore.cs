using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Server.Storage;

namespace Parley.Server.Sessions;

/// <summary>
/// Keeps sessions in the database. A state is written in the background, and its handle is sent once the state is durable. Media are stored by hash, each
/// once however many states contain it, up to <see cref="LiveSessionOptions.MaxStoredMediaBytes"/> in total.
/// </summary>
internal sealed partial class SqliteSessionStore : ISessionStore
{
    private static readonly TimeSpan BetweenSweeps = TimeSpan.FromMinutes(1);

    private readonly LiveDatabase _database;
    private readonly LiveDatabaseWriter _writer;
    private readonly LiveApiOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private long _mediaBytes;
    private long _nextSweep;

    public SqliteSessionStore(
        LiveDatabase database, LiveDatabaseWriter writer, IOptions<LiveApiOptions> options, TimeProvider time, ILogger<SqliteSessionStore> logger)
    {
        (_database, _writer, _options, _time, _logger) = (database, writer, options.Value, time, logger);
        // For sessions that a crash left open, the handle lifetime starts now.
        var now = Now;
        _writer.Post(connection =>
        {
            connection.Execute(
                "UPDATE sessions SET ended = COALESCE(ended, @now), expires = MIN(expires, COALESCE(ended, @now) + @lifetime)",
                ("@now", now), ("@lifetime", (long)_options.Sessions.HandleLifetime.TotalMilliseconds));
            Sweep(connection, now);
        });
    }

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    public async ValueTask<bool> SaveAsync(SessionCheckpoint checkpoint, CancellationToken cancellationToken) =>
        await _writer.RunAsync(connection => Save(connection, checkpoint), cancellationToken).ConfigureAwait(false);

    public ValueTask<SessionCheckpoint?> FindAsync(string sessionId, long serial, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(_database.Read(connection => Find(connection, sessionId, serial)));
    }

    public async ValueTask<long?> ClaimAsync(string sessionId, CancellationToken cancellationToken)
    {
        var now = Now;
        return await _writer.RunAsync(
            connection => connection.Number(
                "UPDATE sessions SET epoch = epoch + 1, ended = NULL WHERE id = @id AND expires > @now RETURNING epoch", ("@id", sessionId), ("@now", now)),
            cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask EndAsync(string sessionId, long epoch, DateTimeOffset expires, CancellationToken cancellationToken)
    {
        var now = Now;
        await _writer.RunAsync(
            connection =>
            {
                var changed = connection.Execute(
                    "UPDATE sessions SET ended = @now, expires = @expires WHERE id = @id AND epoch = @epoch AND ended IS NULL",
                    ("@id", sessionId), ("@epoch", epoch), ("@now", now), ("@expires", expires.ToUnixTimeMilliseconds()));
                if (now >= _nextSweep)
                    Sweep(connection, now);
                return changed;
            },
            cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DeleteAsync(string sessionId, long epoch, CancellationToken cancellationToken) =>
        await _writer.RunAsync(
            connection => connection.Execute("DELETE FROM sessions WHERE id = @id AND epoch = @epoch", ("@id", sessionId), ("@epoch", epoch)),
            cancellationToken).ConfigureAwait(false);

    internal async ValueTask SweepAsync()
    {
        var now = Now;
        await _writer.RunAsync(connection => Sweep(connection, now)).ConfigureAwait(false);
    }

    private SessionCheckpoint? Find(SqliteConnection connection, string sessionId, long serial)
    {
        using var transaction = connection.BeginTransaction(deferred: true);
        using var command = connection.Command(
            """
            SELECT s.epoch, s.model, s.owner, s.started, t.kind, t.data, t.credential, s.expires FROM sessions s JOIN states t ON t.session_id = s.id
            WHERE s.id = @id AND t.serial = @serial AND s.expires > @now
            """,
            ("@id", sessionId), ("@serial", serial), ("@now", Now));
        using var reader = command.ExecuteReader();
        return !reader.Read() ? null : new SessionCheckpoint
        {
            SessionId = sessionId,
            Epoch = reader.GetInt64(0),
            Serial = serial,
            Model = reader.GetString(1),
            Owner = reader.GetString(2),
            CredentialId = reader.GetString(6),
            Started = reader.Time(3),
            Expires = reader.Time(7),
            State = new CheckpointState(reader.GetString(4), new StoredCheckpoint((byte[])reader.GetValue(5), ReadMedia(connection, sessionId, serial))),
        };
    }

    private bool Save(SqliteConnection connection, SessionCheckpoint checkpoint)
    {
        var (id, serial, stored) = (checkpoint.SessionId, checkpoint.Serial, checkpoint.State.Serialize());
        if (checkpoint.IsFirst)
        {
            connection.Execute(
                "INSERT INTO sessions(id, epoch, model, owner, started) VALUES (@id, @epoch, @model, @owner, @started) ON CONFLICT(id) DO NOTHING",
                ("@id", id), ("@epoch", checkpoint.Epoch), ("@model", checkpoint.Model), ("@owner", checkpoint.Owner), ("@started", checkpoint.Started.ToUnixTimeMilliseconds()));
        }
        if (connection.Execute(
            "UPDATE sessions SET ended = NULL, expires = @expires WHERE id = @id AND epoch = @epoch",
            ("@id", id), ("@epoch", checkpoint.Epoch), ("@expires", checkpoint.Expires.ToUnixTimeMilliseconds())) == 0)
        {
            return false;
        }
        if (connection.Execute(
            "INSERT INTO states(session_id, serial, kind, data, credential) VALUES (@id, @serial, @kind, @data, @credential) ON CONFLICT(session_id, serial) DO NOTHING",
            ("@id", id), ("@serial", serial), ("@kind", checkpoint.State.Kind), ("@data", stored.Data.ToArray()), ("@credential", checkpoint.CredentialId)) == 0)
        {
            return true;
        }
        for (var i = 0; i < stored.Media.Count; i++)
        {
            connection.Execute(
                "INSERT INTO state_media(session_id, serial, position, hash) VALUES (@id, @serial, @position, @hash)",
                ("@id", id), ("@serial", serial), ("@position", i), ("@hash", stored.Media[i] is { } media ? Keep(connection, media) : null));
        }
        connection.Execute(
            "DELETE FROM states WHERE session_id = @id AND serial NOT IN (SELECT serial FROM states WHERE session_id = @id ORDER BY serial DESC LIMIT @kept)",
            ("@id", id), ("@kept", InMemorySessionStore.StatesPerSession));
        return true;
    }

    // The hash, or null if the limit is reached: a conversation without a picture is better than none.
    private byte[]? Keep(SqliteConnection connection, ReadOnlyMemory<byte> media)
    {
        var hash = SHA256.HashData(media.Span);
        if (connection.Number("SELECT 1 FROM media WHERE hash = @hash", ("@hash", hash)) is not null)
            return hash;
        if (_mediaBytes + media.Length > _options.Sessions.MaxStoredMediaBytes)
        {
            Sweep(connection, Now);
            if (_mediaBytes + media.Length > _options.Sessions.MaxStoredMediaBytes)
            {
                Log.MediaFull(_logger, media.Length, _options.Sessions.MaxStoredMediaBytes);
                return null;
            }
        }
        connection.Execute("INSERT INTO media(hash, data) VALUES (@hash, @data)", ("@hash", hash), ("@data", media.ToArray()));
        _mediaBytes += media.Length;
        return hash;
    }

    private static List<ReadOnlyMemory<byte>?> ReadMedia(SqliteConnection connection, string sessionId, long serial)
    {
        using var command = connection.Command(
            "SELECT m.data FROM state_media s LEFT JOIN media m ON m.hash = s.hash WHERE s.session_id = @id AND s.serial = @serial ORDER BY s.position",
            ("@id", sessionId), ("@serial", serial));
        using var reader = command.ExecuteReader();
        var media = new List<ReadOnlyMemory<byte>?>();
        while (reader.Read())
            media.Add(reader.IsDBNull(0) ? (ReadOnlyMemory<byte>?)null : (byte[])reader.GetValue(0));
        return media;
    }

    private bool Sweep(SqliteConnection connection, long now)
    {
        _nextSweep = now + (long)BetweenSweeps.TotalMilliseconds;
        connection.Execute("DELETE FROM sessions WHERE expires <= @now", ("@now", now));
        connection.Execute(
            "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE ended IS NOT NULL ORDER BY ended DESC LIMIT -1 OFFSET @kept)",
            ("@kept", _options.Sessions.MaxResumableSessions));
        connection.Execute("DELETE FROM media WHERE NOT EXISTS (SELECT 1 FROM state_media s WHERE s.hash = media.hash)");
        _mediaBytes = connection.Number("SELECT SUM(LENGTH(data)) FROM media") ?? 0;
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.MediaNotStored, LogLevel.Warning, "Media not stored for resumption: {Bytes} bytes would exceed the limit of {Limit}")]
        public static partial void MediaFull(ILogger logger, int bytes, long limit);
    }
}
