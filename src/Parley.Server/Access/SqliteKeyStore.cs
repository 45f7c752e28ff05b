using Microsoft.Data.Sqlite;
using Parley.Server.Storage;

namespace Parley.Server.Access;

/// <summary>Keeps virtual keys in the database. Every look-up reads it, so that a key created or revoked by another process takes effect at once.</summary>
internal sealed class SqliteKeyStore(LiveDatabase database, LiveDatabaseWriter writer) : IKeyStore
{
    private const string Columns = "id, name, created, expires, revoked, max_sessions, opens_per_minute, minutes_per_day, tokens_per_day, models, hash";

    private const string Insert =
        $"""
        INSERT INTO keys({Columns}) VALUES (@id, @name, @created, @expires, @revoked, @sessions, @opens, @minutes, @tokens, @models, @hash)
        ON CONFLICT(id) DO NOTHING
        """;

    private const string UpdateLimits =
        """
        UPDATE keys SET max_sessions = @sessions, opens_per_minute = @opens, minutes_per_day = @minutes, tokens_per_day = @tokens, models = @models WHERE id = @id
        """;

    public ValueTask<bool> AnyAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(database.Read(static connection => connection.Number("SELECT EXISTS(SELECT 1 FROM keys)") == 1));
    }

    public async ValueTask AddAsync(StoredKey key, CancellationToken cancellationToken)
    {
        var added = key.Key;
        await writer.RunAsync(
            connection => connection.Execute(
                Insert,
                [
                    ("@id", added.Id), ("@name", added.Name), ("@created", added.Created.ToUnixTimeMilliseconds()), ("@expires", added.Expires?.ToUnixTimeMilliseconds()),
                    ("@revoked", added.Revoked?.ToUnixTimeMilliseconds()), ("@hash", key.Hash.ToArray()), .. Fields(added.Limits),
                ]),
            cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<StoredKey?> FindAsync(string id, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(database.Read(connection =>
        {
            using var command = connection.Command($"SELECT {Columns} FROM keys WHERE id = @id", ("@id", id));
            using var reader = command.ExecuteReader();
            return reader.Read() ? new StoredKey(Read(reader), (byte[])reader.GetValue(10)) : null;
        }));
    }

    public ValueTask<IReadOnlyList<VirtualKey>> ListAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(database.Read<IReadOnlyList<VirtualKey>>(static connection =>
        {
            using var command = connection.Command($"SELECT {Columns} FROM keys ORDER BY created DESC, id");
            using var reader = command.ExecuteReader();
            var keys = new List<VirtualKey>();
            while (reader.Read())
                keys.Add(Read(reader));
            return keys;
        }));
    }

    public async ValueTask<bool> SetLimitsAsync(string id, KeyLimits limits, CancellationToken cancellationToken) =>
        await writer.RunAsync(connection => connection.Execute(UpdateLimits, [("@id", id), .. Fields(limits)]) == 1, cancellationToken).ConfigureAwait(false);

    public async ValueTask<bool> RevokeAsync(string id, DateTimeOffset at, CancellationToken cancellationToken) =>
        await writer.RunAsync(
            connection => connection.Execute(
                "UPDATE keys SET revoked = COALESCE(revoked, @at) WHERE id = @id", ("@id", id), ("@at", at.ToUnixTimeMilliseconds())) == 1,
            cancellationToken).ConfigureAwait(false);

    private static (string Name, object? Value)[] Fields(KeyLimits limits) =>
    [
        ("@sessions", limits.MaxSessions), ("@opens", limits.OpensPerMinute), ("@minutes", limits.MinutesPerDay), ("@tokens", limits.TokensPerDay),
        ("@models", string.Join(' ', limits.Models)),
    ];

    private static VirtualKey Read(SqliteDataReader reader) => new()
    {
        Id = reader.GetString(0),
        Name = reader.GetString(1),
        Created = reader.Time(2),
        Expires = reader.IsDBNull(3) ? null : reader.Time(3),
        Revoked = reader.IsDBNull(4) ? null : reader.Time(4),
        Limits = new KeyLimits
        {
            MaxSessions = reader.OrNull<int>(5),
            OpensPerMinute = reader.OrNull<int>(6),
            MinutesPerDay = reader.OrNull<int>(7),
            TokensPerDay = reader.OrNull<long>(8),
            Models = reader.GetString(9).Split(' ', StringSplitOptions.RemoveEmptyEntries),
        },
    };
}
