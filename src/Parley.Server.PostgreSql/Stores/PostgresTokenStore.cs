using System.Buffers;
using Microsoft.Extensions.Options;
using Npgsql;
using Parley.Protocol;
using Parley.Server.PostgreSql.Database;
using static Parley.Server.PostgreSql.Database.Commands;

namespace Parley.Server.PostgreSql.Stores;

/// <summary>
/// Keeps ephemeral tokens in the database. A use is taken under a lock on the row of its token, in one round trip, and recorded under its name: after a lost
/// connection it is asked for again without counting twice.
/// </summary>
internal sealed class PostgresTokenStore(PostgresDatabase database, IOptions<LiveApiOptions> options, TimeProvider time) : ITokenStore
{
    private const string Insert =
        """
        INSERT INTO tokens(id, owner, key_id, uses, expires, new_sessions_until, setup, mask, identity) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING
        """;

    // The statement after this one sees every use that was committed before the lock was taken.
    private const string LockToken = "SELECT 1 FROM tokens WHERE id = $1 FOR UPDATE";

    private const string Redeem =
        """
        WITH fresh AS (
            INSERT INTO token_uses(token_id, use_id) SELECT id, $2 FROM tokens WHERE id = $1 AND used < uses ON CONFLICT DO NOTHING RETURNING token_id),
        counted AS (UPDATE tokens SET used = used + 1 WHERE id IN (SELECT token_id FROM fresh))
        SELECT EXISTS(SELECT FROM fresh) OR EXISTS(SELECT FROM token_uses WHERE token_id = $1 AND use_id = $2)
            OR EXISTS(SELECT FROM tokens WHERE id = $1 AND uses IS NULL)
        """;

    private const string GiveBack =
        """
        WITH returned AS (DELETE FROM token_uses WHERE token_id = $1 AND use_id = $2 RETURNING token_id)
        UPDATE tokens SET used = used - 1 WHERE id IN (SELECT token_id FROM returned)
        """;

    private static readonly TimeSpan CountInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private long _count, _counted;
    private bool _isCounted;

    public async ValueTask<bool> AddAsync(EphemeralToken token, CancellationToken cancellationToken)
    {
        if (!await HasRoomAsync(cancellationToken).ConfigureAwait(false))
            return await FindAsync(token.Id, cancellationToken).ConfigureAwait(false) is not null;
        var setup = token.Setup is { } locked ? Encode(locked) : null;
        var added = await database.RunAsync(
            (connection, cancellation) => connection.ExecuteAsync(
                cancellation, Insert,
                Text(token.Id), Text(token.Owner), Text(token.KeyId), Parameter(token.Uses), Time(token.ExpireTime), Time(token.NewSessionExpireTime),
                Parameter(setup), Parameter(token.FieldMask.ToArray()), Parameter(token.SerializeIdentity())),
            cancellationToken).ConfigureAwait(false);
        lock (_gate)
            _count += added;
        return true;
    }

    public ValueTask<EphemeralToken?> FindAsync(string id, CancellationToken cancellationToken) => database.RunAsync(
        async (connection, token) =>
        {
            using var command = connection.Command("SELECT owner, key_id, uses, expires, new_sessions_until, setup, mask, identity FROM tokens WHERE id = $1", Text(id));
            var reader = await command.ExecuteReaderAsync(token).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
                return await reader.ReadAsync(token).ConfigureAwait(false) ? Read(id, reader) : null;
        },
        cancellationToken);

    public ValueTask<bool> RedeemAsync(string id, string useId, CancellationToken cancellationToken) => database.RunAsync(
        async (connection, token) =>
        {
            using var batch = new NpgsqlBatch(connection);
            batch.Add(LockToken, Text(id));
            batch.Add(Redeem, Text(id), Text(useId));
            var reader = await batch.ExecuteReaderAsync(token).ConfigureAwait(false);
            await using var _ = reader.ConfigureAwait(false);
            await reader.NextResultAsync(token).ConfigureAwait(false);
            return await reader.ReadAsync(token).ConfigureAwait(false) && reader.GetBoolean(0);
        },
        cancellationToken);

    public async ValueTask ReturnAsync(string id, string useId, CancellationToken cancellationToken) => await database.RunAsync(
        (connection, token) => connection.ExecuteAsync(token, GiveBack, Text(id), Text(useId)), cancellationToken).ConfigureAwait(false);

    /// <summary>Counts at most once a second: the limit may be exceeded by what other servers add in between.</summary>
    private async ValueTask<bool> HasRoomAsync(CancellationToken cancellationToken)
    {
        var max = options.Value.Sessions.MaxTokens;
        lock (_gate)
        {
            if (_isCounted && _count < max && time.GetElapsedTime(_counted) < CountInterval)
                return true;
        }
        var now = time.GetUtcNow();
        var counted = time.GetTimestamp();
        var count = await database.RunAsync(
            (connection, token) => connection.ScalarAsync<long>(token, "SELECT count(*) FROM tokens WHERE expires >= $1", Time(now)), cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            (_count, _counted, _isCounted) = (count, counted, true);
            return count < max;
        }
    }

    private static EphemeralToken Read(string id, NpgsqlDataReader reader) => new EphemeralToken
    {
        Id = id,
        Owner = reader.GetString(0),
        KeyId = reader.GetString(1),
        Uses = reader.OrNull<int>(2),
        ExpireTime = reader.Time(3),
        NewSessionExpireTime = reader.Time(4),
        Setup = reader.IsDBNull(5) ? null : LiveCodec.DecodeSetup(reader.GetFieldValue<byte[]>(5)),
        FieldMask = reader.GetFieldValue<string[]>(6),
    }.WithIdentity(reader.IsDBNull(7) ? null : reader.GetString(7));

    private static byte[] Encode(Setup setup)
    {
        var bytes = new ArrayBufferWriter<byte>();
        LiveCodec.Encode(setup, bytes);
        return bytes.WrittenSpan.ToArray();
    }
}
