using Npgsql;
using Parley.Server.PostgreSql.Database;
using Parley.Server.PostgreSql.Nodes;
using static Parley.Server.PostgreSql.Database.Commands;

namespace Parley.Server.PostgreSql.Stores;

/// <summary>Keeps virtual keys in the database. Every look-up reads it, so that a change takes effect on all servers at once, and each change is announced for sessions that are open.</summary>
internal sealed class PostgresKeyStore(PostgresDatabase database) : IKeyStore
{
    private const string Columns = "id, name, created, expires, revoked, max_sessions, opens_per_minute, minutes_per_day, tokens_per_day, models, hash";

    public ValueTask<bool> AnyAsync(CancellationToken cancellationToken) => database.RunAsync(
        static (connection, token) => connection.ScalarAsync<bool>(token, "SELECT EXISTS(SELECT FROM keys)"), cancellationToken);

    public async ValueTask AddAsync(StoredKey key, CancellationToken cancellationToken)
    {
        var (added, limits) = (key.Key, key.Key.Limits);
        await database.RunAsync(
            (connection, token) => connection.ExecuteAsync(
                token,
                $"INSERT INTO keys({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING",
                Text(added.Id), Text(added.Name), Time(added.Created), Parameter(added.Expires?.ToUniversalTime()), Parameter(added.Revoked?.ToUniversalTime()),
                Parameter(limits.MaxSessions), Parameter(limits.OpensPerMinute), Parameter(limits.MinutesPerDay), Parameter(limits.TokensPerDay),
                Parameter(limits.Models.ToArray()), Parameter(key.Hash.ToArray())),
            cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<StoredKey?> FindAsync(string id, CancellationToken cancellationToken) => database.RunAsync(
        async (connection, token) =>
        {
            using var command = connection.Command($"SELECT {Columns} FROM keys WHERE id = $1", Text(id));
            var reader = await command.ExecuteReaderAsync(token).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
                return await reader.ReadAsync(token).ConfigureAwait(false) ? new StoredKey(Read(reader), reader.GetFieldValue<byte[]>(10)) : null;
        },
        cancellationToken);

    public ValueTask<IReadOnlyList<VirtualKey>> ListAsync(CancellationToken cancellationToken) => database.RunAsync<IReadOnlyList<VirtualKey>>(
        static async (connection, token) =>
        {
            using var command = connection.Command($"SELECT {Columns} FROM keys ORDER BY created DESC, id");
            var reader = await command.ExecuteReaderAsync(token).ConfigureAwait(false);
            await using var _ = reader.ConfigureAwait(false);
            var keys = new List<VirtualKey>();
            while (await reader.ReadAsync(token).ConfigureAwait(false))
                keys.Add(Read(reader));
            return keys;
        },
        cancellationToken);

    public ValueTask<bool> SetLimitsAsync(string id, KeyLimits limits, CancellationToken cancellationToken) => ChangeAsync(
        id, "max_sessions = $4, opens_per_minute = $5, minutes_per_day = $6, tokens_per_day = $7, models = $8",
        () => [Parameter(limits.MaxSessions), Parameter(limits.OpensPerMinute), Parameter(limits.MinutesPerDay), Parameter(limits.TokensPerDay), Parameter(limits.Models.ToArray())],
        cancellationToken);

    public ValueTask<bool> RevokeAsync(string id, DateTimeOffset at, CancellationToken cancellationToken) =>
        ChangeAsync(id, "revoked = COALESCE(revoked, $4)", () => [Time(at)], cancellationToken);

    /// <summary>Changes a key and announces it, in one statement.</summary>
    private ValueTask<bool> ChangeAsync(string id, string set, Func<NpgsqlParameter[]> values, CancellationToken cancellationToken)
    {
        var signal = SignalPayload.Encode(new NodeSignal(NodeSignalKind.KeyChanged, id));
        return database.RunAsync(
            async (connection, token) => await connection.ScalarAsync<long>(
                token, $"WITH changed AS (UPDATE keys SET {set} WHERE id = $1 RETURNING 1) SELECT count(pg_notify($2, $3)) FROM changed",
                [Text(id), Text(database.Schema), Text(signal), .. values()]).ConfigureAwait(false) == 1,
            cancellationToken);
    }

    private static VirtualKey Read(NpgsqlDataReader reader) => new()
    {
        Id = reader.GetString(0),
        Name = reader.GetString(1),
        Created = reader.Time(2),
        Expires = reader.OrNull<DateTimeOffset>(3),
        Revoked = reader.OrNull<DateTimeOffset>(4),
        Limits = new KeyLimits
        {
            MaxSessions = reader.OrNull<int>(5),
            OpensPerMinute = reader.OrNull<int>(6),
            MinutesPerDay = reader.OrNull<int>(7),
            TokensPerDay = reader.OrNull<long>(8),
            Models = reader.GetFieldValue<string[]>(9),
        },
    };
}
