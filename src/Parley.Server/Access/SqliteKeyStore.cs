using Microsoft.Data.Sqlite;
using Parley.Server.Storage;

namespace Parley.Server.Access;

/// <summary>Keeps virtual keys in the database. Every look-up reads it, so that a key created or revoked by another process takes effect at once.</summary>
internal sealed class SqliteKeyStore(LiveDatabase database, LiveDatabaseWriter writer) : IKeyStore
{
    private const string Columns = "id, name, created, expires, revoked, max_sessions, opens_per_minute, minutes_per_day, tokens_per_day, models, hash";

    public bool Any() => database.Read(static connection => connection.Number("SELECT EXISTS(SELECT 1 FROM keys)") == 1);

    public async ValueTask AddAsync(VirtualKey key, byte[] hash) =>
        await writer.RunAsync(connection => connection.Execute(
            $"INSERT INTO keys({Columns}) VALUES (@id, @name, @created, @expires, @revoked, @sessions, @opens, @minutes, @tokens, @models, @hash)",
            ("@id", key.Id), ("@name", key.Name), ("@created", key.Created.ToUnixTimeMilliseconds()), ("@expires", key.Expires?.ToUnixTimeMilliseconds()),
            ("@revoked", key.Revoked?.ToUnixTimeMilliseconds()), ("@sessions", key.Limits.MaxSessions), ("@opens", key.Limits.OpensPerMinute),
            ("@minutes", key.Limits.MinutesPerDay), ("@tokens", key.Limits.TokensPerDay), ("@models", string.Join(' ', key.Limits.Models)), ("@hash", hash))).ConfigureAwait(false);

    public (VirtualKey Key, byte[] Hash)? Find(string id) => database.Read<(VirtualKey, byte[])?>(connection =>
    {
        using var command = connection.Command($"SELECT {Columns} FROM keys WHERE id = @id", ("@id", id));
        using var reader = command.ExecuteReader();
        return reader.Read() ? (Read(reader), (byte[])reader.GetValue(10)) : null;
    });

    public IReadOnlyList<VirtualKey> List() => database.Read(static connection =>
    {
        using var command = connection.Command($"SELECT {Columns} FROM keys ORDER BY created DESC, id");
        using var reader = command.ExecuteReader();
        var keys = new List<VirtualKey>();
        while (reader.Read())
            keys.Add(Read(reader));
        return keys;
    });

    public async ValueTask<bool> RevokeAsync(string id, DateTimeOffset at) =>
        await writer.RunAsync(connection => connection.Execute(
            "UPDATE keys SET revoked = COALESCE(revoked, @at) WHERE id = @id", ("@id", id), ("@at", at.ToUnixTimeMilliseconds())) == 1).ConfigureAwait(false);

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
