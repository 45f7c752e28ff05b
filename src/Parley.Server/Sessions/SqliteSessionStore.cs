using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Server.Storage;

namespace Parley.Server.Sessions;

/// <summary>
/// Keeps sessions in the database. A state is written in the background, and its handle is sent once the state is durable. Media are stored by hash, each
/// once however many states contain it, up to <see cref="LiveSessionOptions.MaxStoredMediaBytes"/> in total. States that no codec takes stay in memory.
/// </summary>
internal sealed partial class SqliteSessionStore : ISessionStore
{
    private static readonly TimeSpan BetweenSweeps = TimeSpan.FromMinutes(1);

    private readonly LiveDatabase _database;
    private readonly LiveDatabaseWriter _writer;
    private readonly InMemorySessionStore _volatile;
    private readonly ILiveCheckpointCodec[] _codecs;
    private readonly LiveApiOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private long _mediaBytes;
    private long _nextSweep;

    public SqliteSessionStore(
        LiveDatabase database, LiveDatabaseWriter writer, InMemorySessionStore inMemory, IEnumerable<ILiveCheckpointCodec> codecs,
        IOptions<LiveApiOptions> options, TimeProvider time, ILogger<SqliteSessionStore> logger)
    {
        (_database, _writer, _volatile, _codecs, _options, _time, _logger) = (database, writer, inMemory, [.. codecs], options.Value, time, logger);
        // For sessions that a crash left open, the handle lifetime starts now.
        var now = Now;
        _writer.Post(connection =>
        {
            connection.Execute("UPDATE sessions SET ended = @now WHERE ended IS NULL", ("@now", now));
            Sweep(connection, now);
        });
    }

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    public async ValueTask<bool> SaveAsync(SessionSnapshot snapshot)
    {
        if (Array.Find(_codecs, codec => codec.Takes(snapshot.State)) is not { } codec)
            return await _volatile.SaveAsync(snapshot).ConfigureAwait(false);
        try
        {
            return await _writer.RunAsync(connection => Save(connection, snapshot, codec.Kind, codec.Store(snapshot.State))).ConfigureAwait(false);
        }
        catch (StorageException)
        {
            // LiveDatabaseWriter has logged the cause.
            return false;
        }
    }

    public ValueTask<SessionSnapshot?> FindAsync(string sessionId, long serial)
    {
        if (_volatile.Holds(sessionId))
            return _volatile.FindAsync(sessionId, serial);
        return new(_database.Read(connection => Find(connection, sessionId, serial)));
    }

    public async ValueTask<long?> ClaimAsync(string sessionId)
    {
        if (_volatile.Holds(sessionId))
            return await _volatile.ClaimAsync(sessionId).ConfigureAwait(false);
        return await _writer.RunAsync(connection =>
            connection.Number("UPDATE sessions SET epoch = epoch + 1, ended = NULL WHERE id = @id RETURNING epoch", ("@id", sessionId))).ConfigureAwait(false);
    }

    public void End(string sessionId, long epoch, bool forget)
    {
        _volatile.End(sessionId, epoch, forget);
        var now = Now;
        _writer.Post(connection =>
        {
            if (forget)
                connection.Execute("DELETE FROM sessions WHERE id = @id AND epoch = @epoch", ("@id", sessionId), ("@epoch", epoch));
            else
                connection.Execute("UPDATE sessions SET ended = @now WHERE id = @id AND epoch = @epoch", ("@id", sessionId), ("@epoch", epoch), ("@now", now));
            if (now >= _nextSweep)
                Sweep(connection, now);
        });
    }

    private SessionSnapshot? Find(SqliteConnection connection, string sessionId, long serial)
    {
        using var transaction = connection.BeginTransaction(deferred: true);
        using var command = connection.Command(
            """
            SELECT s.epoch, s.model, s.owner, s.started, t.kind, t.data, t.credential FROM sessions s JOIN states t ON t.session_id = s.id
            WHERE s.id = @id AND t.serial = @serial AND (s.ended IS NULL OR s.ended > @alive)
            """,
            ("@id", sessionId), ("@serial", serial), ("@alive", Now - (long)_options.Sessions.HandleLifetime.TotalMilliseconds));
        using var reader = command.ExecuteReader();
        if (!reader.Read() || Restore(sessionId, reader.GetString(4), new StoredCheckpoint((byte[])reader.GetValue(5), ReadMedia(connection, sessionId, serial))) is not { } state)
            return null;
        return new SessionSnapshot(sessionId, reader.GetInt64(0), serial, reader.GetString(1), reader.GetString(2), reader.GetString(6), reader.Time(3), state);
    }

    private bool Save(SqliteConnection connection, SessionSnapshot snapshot, string kind, StoredCheckpoint stored)
    {
        connection.Execute(
            "INSERT INTO sessions(id, epoch, model, owner, started) VALUES (@id, @epoch, @model, @owner, @started) ON CONFLICT(id) DO NOTHING",
            ("@id", snapshot.SessionId), ("@epoch", snapshot.Epoch), ("@model", snapshot.Model), ("@owner", snapshot.Owner), ("@started", snapshot.Started.ToUnixTimeMilliseconds()));
        if (connection.Execute("UPDATE sessions SET ended = NULL WHERE id = @id AND epoch = @epoch", ("@id", snapshot.SessionId), ("@epoch", snapshot.Epoch)) == 0)
            return false;
        connection.Execute(
            "INSERT INTO states(session_id, serial, kind, data, credential) VALUES (@id, @serial, @kind, @data, @credential)",
            ("@id", snapshot.SessionId), ("@serial", snapshot.Serial), ("@kind", kind), ("@data", stored.Data.ToArray()), ("@credential", snapshot.CredentialId));
        for (var i = 0; i < stored.Media.Count; i++)
        {
            connection.Execute(
                "INSERT INTO state_media(session_id, serial, position, hash) VALUES (@id, @serial, @position, @hash)",
                ("@id", snapshot.SessionId), ("@serial", snapshot.Serial), ("@position", i), ("@hash", stored.Media[i] is { } media ? Keep(connection, media) : null));
        }
        connection.Execute(
            "DELETE FROM states WHERE session_id = @id AND serial NOT IN (SELECT serial FROM states WHERE session_id = @id ORDER BY serial DESC LIMIT @kept)",
            ("@id", snapshot.SessionId), ("@kept", InMemorySessionStore.StatesPerSession));
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

    private object? Restore(string sessionId, string kind, StoredCheckpoint stored)
    {
        try
        {
            return Array.Find(_codecs, codec => codec.Kind == kind)?.Restore(stored) ?? throw new FormatException($"No codec reads states of the kind '{kind}'.");
        }
        catch (FormatException e)
        {
            Log.StateUnreadable(_logger, sessionId, e);
            return null;
        }
    }

    private void Sweep(SqliteConnection connection, long now)
    {
        _nextSweep = now + (long)BetweenSweeps.TotalMilliseconds;
        connection.Execute("DELETE FROM sessions WHERE ended <= @alive", ("@alive", now - (long)_options.Sessions.HandleLifetime.TotalMilliseconds));
        connection.Execute(
            "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE ended IS NOT NULL ORDER BY ended DESC LIMIT -1 OFFSET @kept)",
            ("@kept", _options.Sessions.MaxResumableSessions));
        connection.Execute("DELETE FROM media WHERE NOT EXISTS (SELECT 1 FROM state_media s WHERE s.hash = media.hash)");
        _mediaBytes = connection.Number("SELECT SUM(LENGTH(data)) FROM media") ?? 0;
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.MediaNotStored, LogLevel.Warning, "Media not stored for resumption: {Bytes} bytes would exceed the limit of {Limit}")]
        public static partial void MediaFull(ILogger logger, int bytes, long limit);

        [LoggerMessage(EventIds.StateUnreadable, LogLevel.Warning, "State of session {SessionId} is unreadable; the session cannot be resumed")]
        public static partial void StateUnreadable(ILogger logger, string sessionId, Exception exception);
    }
}
