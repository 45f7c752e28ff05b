using Npgsql;
using Parley.Server.PostgreSql.Database;
using static Parley.Server.PostgreSql.Database.Commands;

namespace Parley.Server.PostgreSql.Nodes;

/// <summary>
/// Keeps nodes and their open sessions in the database, by its clock: clocks of servers may differ. Sessions of a key with a limit are entered under a lock of
/// the key, one after the other; others need no lock. A session that moves is announced in the transaction that moves it, and only then, because
/// transactions with NOTIFY commit one after the other.
/// </summary>
internal sealed class PostgresNodeStore(PostgresDatabase database, SignalListener listener) : INodeStore
{
    private const string Renew =
        """
        WITH before AS MATERIALIZED (SELECT renewed > clock_timestamp() - $6 AS is_alive FROM nodes WHERE id = $1),
        stored AS (
            INSERT INTO nodes(id, name, version, started, draining, renewed) VALUES ($1, $2, $3, $4, $5, clock_timestamp())
            ON CONFLICT(id) DO UPDATE SET name = excluded.name, version = excluded.version, started = excluded.started, draining = excluded.draining,
                renewed = excluded.renewed)
        SELECT coalesce((SELECT is_alive FROM before), FALSE)
        """;

    private const string Remove =
        "WITH removed AS (DELETE FROM nodes WHERE id = $1) DELETE FROM node_sessions WHERE node_id = $1";

    private const string List =
        """
        SELECT id, name, version, started, draining, since, since < $1, CASE WHEN since < $1 THEN (SELECT count(*) FROM node_sessions WHERE node_id = id) ELSE 0 END
        FROM (SELECT *, greatest(clock_timestamp() - renewed, interval '0') AS since FROM nodes OFFSET 0) AS nodes ORDER BY name, id
        """;

    // The statement after this one sees every session that was entered before the lock was taken.
    private const string LockKey = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";

    private const string Enter =
        """
        WITH before AS MATERIALIZED (SELECT node_id FROM node_sessions WHERE session_id = $1),
        entered AS (
            INSERT INTO node_sessions(session_id, node_id, connection_id, key_id, on_token, model, resumed, started, until)
            SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9 WHERE CASE WHEN $10::int IS NULL THEN TRUE ELSE $10 > (
                SELECT count(*) FROM node_sessions s JOIN nodes n ON n.id = s.node_id
                WHERE s.key_id = $4 AND s.session_id <> $1 AND n.renewed > clock_timestamp() - $11) END
            ON CONFLICT(session_id) DO UPDATE SET node_id = excluded.node_id, connection_id = excluded.connection_id, key_id = excluded.key_id,
                on_token = excluded.on_token, model = excluded.model, resumed = excluded.resumed, started = excluded.started, until = excluded.until
            RETURNING 1),
        announced AS MATERIALIZED (SELECT pg_notify($12, $13) FROM before, entered WHERE before.node_id <> $2)
        SELECT EXISTS(SELECT FROM entered), (SELECT count(*) FROM announced)
        """;

    private const string Sessions =
        """
        SELECT s.session_id, s.node_id, s.connection_id, s.key_id, s.on_token, s.model, s.resumed, s.started, s.until
        FROM node_sessions s JOIN nodes n ON n.id = s.node_id WHERE n.renewed > clock_timestamp() - $1 ORDER BY s.started, s.session_id
        """;

    private const string Count =
        """
        SELECT s.key_id, count(*)::int FROM node_sessions s JOIN nodes n ON n.id = s.node_id WHERE n.renewed > clock_timestamp() - $1 GROUP BY s.key_id
        """;

    // The id of the opening makes it repeatable. A refused one changes nothing.
    private const string Open =
        """
        WITH counted AS (
            INSERT INTO key_opens AS o(key_id, began, count, last) SELECT $1, clock_timestamp(), 1, $3 WHERE $2 > 0
            ON CONFLICT(key_id) DO UPDATE SET last = $3,
                began = CASE WHEN o.began <= excluded.began - $4 THEN excluded.began ELSE o.began END,
                count = CASE WHEN o.last = $3 THEN o.count WHEN o.began <= excluded.began - $4 THEN 1 ELSE o.count + 1 END
            WHERE o.began <= excluded.began - $4 OR o.count < $2 OR o.last = $3 RETURNING 1)
        SELECT EXISTS(SELECT FROM counted), (SELECT began + $4 - clock_timestamp() FROM key_opens WHERE key_id = $1)
        """;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private int _isUnconfirmed;

    public ValueTask<bool> RenewAsync(LiveNode node, CancellationToken cancellationToken) => database.RunAsync(
        async (connection, token) =>
        {
            // A renewal whose answer was lost may have found that the node was not alive.
            var isConfirmed = Interlocked.Exchange(ref _isUnconfirmed, 1) == 0;
            var wasAlive = await connection.ScalarAsync<bool>(
                token, Renew, Text(node.Id), Text(node.Name), Text(node.Version), Time(node.Started), Parameter(node.IsDraining), Lifetime).ConfigureAwait(false);
            Volatile.Write(ref _isUnconfirmed, 0);
            return wasAlive && isConfirmed;
        },
        cancellationToken);

    public async ValueTask RemoveAsync(string nodeId, CancellationToken cancellationToken) => await database.RunAsync(
        (connection, token) => connection.ExecuteAsync(token, Remove, Text(nodeId)), cancellationToken).ConfigureAwait(false);

    public ValueTask<IReadOnlyList<LiveNode>> ListAsync(CancellationToken cancellationToken) => database.RunAsync<IReadOnlyList<LiveNode>>(
        static (connection, token) => ReadAsync(connection, List, ReadNode, token), cancellationToken);

    public ValueTask<bool> EnterAsync(NodeSession session, int? maxSessionsOfKey, CancellationToken cancellationToken)
    {
        var moved = SignalPayload.Encode(new NodeSignal(NodeSignalKind.SessionMoved, session.SessionId, session.ConnectionId));
        return database.RunAsync(
            async (connection, token) =>
            {
                // One transaction without being told so, in one round trip.
                using var batch = new NpgsqlBatch(connection);
                if (maxSessionsOfKey is not null)
                    batch.Add(LockKey, Text($"parley.key.{database.Schema}.{session.KeyId}"));
                batch.Add(
                    Enter, Text(session.SessionId), Text(session.NodeId), Text(session.ConnectionId), Text(session.KeyId), Parameter(session.IsOnToken), Text(session.Model),
                    Parameter(session.IsResumed), Time(session.Started), Time(session.Until), Parameter(maxSessionsOfKey), Lifetime, Text(database.Schema), Text(moved));
                var reader = await batch.ExecuteReaderAsync(token).ConfigureAwait(false);
                await using var _ = reader.ConfigureAwait(false);
                if (maxSessionsOfKey is not null)
                    await reader.NextResultAsync(token).ConfigureAwait(false);
                return await reader.ReadAsync(token).ConfigureAwait(false) && reader.GetBoolean(0);
            },
            cancellationToken);
    }

    public async ValueTask LeaveAsync(string sessionId, string connectionId, CancellationToken cancellationToken) => await database.RunAsync(
        (connection, token) => connection.ExecuteAsync(
            token, "DELETE FROM node_sessions WHERE session_id = $1 AND connection_id = $2", Text(sessionId), Text(connectionId)),
        cancellationToken).ConfigureAwait(false);

    public ValueTask<IReadOnlyList<NodeSession>> ListSessionsAsync(CancellationToken cancellationToken) => database.RunAsync<IReadOnlyList<NodeSession>>(
        static (connection, token) => ReadAsync(connection, Sessions, ReadSession, token), cancellationToken);

    public ValueTask<IReadOnlyDictionary<string, int>> CountSessionsAsync(CancellationToken cancellationToken) =>
        database.RunAsync<IReadOnlyDictionary<string, int>>(
            static async (connection, token) =>
                new Dictionary<string, int>(await ReadAsync(connection, Count, static reader => KeyValuePair.Create(reader.GetString(0), reader.GetInt32(1)), token).ConfigureAwait(false), StringComparer.Ordinal),
            cancellationToken);

    public ValueTask<TimeSpan?> CountOpeningAsync(string keyId, int limit, CancellationToken cancellationToken)
    {
        var opening = Guid.NewGuid();
        return database.RunAsync(
            async (connection, token) =>
            {
                using var command = connection.Command(Open, Text(keyId), Parameter(limit), Parameter(opening), Parameter(Window));
                var reader = await command.ExecuteReaderAsync(token).ConfigureAwait(false);
                await using var _ = reader.ConfigureAwait(false);
                await reader.ReadAsync(token).ConfigureAwait(false);
                if (reader.GetBoolean(0))
                    return (TimeSpan?)null;
                // What was read may be older than what refused it.
                return reader.OrNull<TimeSpan>(1) is { } left && left > TimeSpan.Zero ? left : Window;
            },
            cancellationToken);
    }

    public async ValueTask SignalAsync(NodeSignal signal, CancellationToken cancellationToken)
    {
        var payload = SignalPayload.Encode(signal);
        await database.RunAsync(
            (connection, token) => connection.ExecuteAsync(token, "SELECT pg_notify($1, $2)", Text(database.Schema), Text(payload)), cancellationToken).ConfigureAwait(false);
    }

    public IAsyncEnumerable<NodeSignal> ListenAsync(CancellationToken cancellationToken) => listener.ListenAsync(cancellationToken);

    private static NpgsqlParameter Lifetime => Parameter(INodeStore.NodeLifetime);

    private static async Task<IReadOnlyList<T>> ReadAsync<T>(NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        using var command = connection.Command(sql, Lifetime);
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = reader.ConfigureAwait(false);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            rows.Add(read(reader));
        return rows;
    }

    private static LiveNode ReadNode(NpgsqlDataReader reader) => new()
    {
        Id = reader.GetString(0),
        Name = reader.GetString(1),
        Version = reader.GetString(2),
        Started = reader.Time(3),
        IsDraining = reader.GetBoolean(4),
        SinceRenewal = reader.GetFieldValue<TimeSpan>(5),
        IsAlive = reader.GetBoolean(6),
        Sessions = (int)reader.GetInt64(7),
    };

    private static NodeSession ReadSession(NpgsqlDataReader reader) => new()
    {
        SessionId = reader.GetString(0),
        NodeId = reader.GetString(1),
        ConnectionId = reader.GetString(2),
        KeyId = reader.GetString(3),
        IsOnToken = reader.GetBoolean(4),
        Model = reader.GetString(5),
        IsResumed = reader.GetBoolean(6),
        Started = reader.Time(7),
        Until = reader.Time(8),
    };
}
