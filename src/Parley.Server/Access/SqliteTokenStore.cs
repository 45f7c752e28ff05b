using System.Buffers;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Parley.Protocol;
using Parley.Server.Storage;

namespace Parley.Server.Access;

/// <summary>Keeps ephemeral tokens in the database. One statement checks and counts a use, which is durable before the session opens.</summary>
internal sealed class SqliteTokenStore(LiveDatabase database, LiveDatabaseWriter writer, IOptions<LiveApiOptions> options, TimeProvider time) : ITokenStore
{
    private const string Insert =
        """
        INSERT INTO tokens(id, owner, key_id, uses, expires, new_sessions_until, setup, mask, identity)
        VALUES (@id, @owner, @key, @uses, @expires, @until, @setup, @mask, @identity)
        """;

    public async ValueTask<bool> AddAsync(EphemeralToken token, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var setup = token.Setup is { } locked ? Encode(locked) : null;
        return await writer.RunAsync(
            connection =>
            {
                if (connection.Number("SELECT 1 FROM tokens WHERE id = @id", ("@id", token.Id)) is not null)
                    return true;
                connection.Execute("DELETE FROM tokens WHERE expires < @now", ("@now", now));
                if (connection.Number("SELECT COUNT(*) FROM tokens") >= options.Value.Sessions.MaxTokens)
                    return false;
                connection.Execute(
                    Insert,
                    ("@id", token.Id), ("@owner", token.Owner), ("@key", token.KeyId), ("@uses", token.Uses),
                    ("@expires", token.ExpireTime.ToUnixTimeMilliseconds()), ("@until", token.NewSessionExpireTime.ToUnixTimeMilliseconds()),
                    ("@setup", setup), ("@mask", string.Join(',', token.FieldMask)), ("@identity", token.SerializeIdentity()));
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<EphemeralToken?> FindAsync(string id, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(database.Read(connection => Find(connection, id)));
    }

    public async ValueTask<bool> RedeemAsync(string id, string useId, CancellationToken cancellationToken) =>
        await writer.RunAsync(connection => Redeem(connection, id, useId), cancellationToken).ConfigureAwait(false);

    public async ValueTask ReturnAsync(string id, string useId, CancellationToken cancellationToken) =>
        await writer.RunAsync(
            connection =>
                connection.Execute("DELETE FROM token_uses WHERE token_id = @id AND use_id = @use", ("@id", id), ("@use", useId)) == 1
                && connection.Execute("UPDATE tokens SET used = used - 1 WHERE id = @id AND used > 0", ("@id", id)) == 1,
            cancellationToken).ConfigureAwait(false);

    private static EphemeralToken? Find(SqliteConnection connection, string id)
    {
        using var command = connection.Command("SELECT owner, key_id, uses, expires, new_sessions_until, setup, mask, identity FROM tokens WHERE id = @id", ("@id", id));
        using var reader = command.ExecuteReader();
        return !reader.Read() ? null : new EphemeralToken
        {
            Id = id,
            Owner = reader.GetString(0),
            KeyId = reader.GetString(1),
            Uses = reader.OrNull<int>(2),
            ExpireTime = reader.Time(3),
            NewSessionExpireTime = reader.Time(4),
            Setup = reader.IsDBNull(5) ? null : LiveCodec.DecodeSetup((byte[])reader.GetValue(5)),
            FieldMask = reader.GetString(6).Split(',', StringSplitOptions.RemoveEmptyEntries),
        }.WithIdentity(reader.IsDBNull(7) ? null : reader.GetString(7));
    }

    private static bool Redeem(SqliteConnection connection, string id, string useId)
    {
        if (connection.Number("SELECT 1 FROM token_uses WHERE token_id = @id AND use_id = @use", ("@id", id), ("@use", useId)) is not null)
            return true;
        if (connection.Execute("UPDATE tokens SET used = used + 1 WHERE id = @id AND used < uses", ("@id", id)) == 1)
            return connection.Execute("INSERT INTO token_uses(token_id, use_id) VALUES (@id, @use)", ("@id", id), ("@use", useId)) == 1;
        return connection.Number("SELECT 1 FROM tokens WHERE id = @id AND uses IS NULL", ("@id", id)) is not null;
    }

    private static byte[] Encode(Setup setup)
    {
        var bytes = new ArrayBufferWriter<byte>();
        LiveCodec.Encode(setup, bytes);
        return bytes.WrittenSpan.ToArray();
    }
}
