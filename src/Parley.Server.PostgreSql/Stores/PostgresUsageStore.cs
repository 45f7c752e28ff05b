using Npgsql;
using Parley.Server.PostgreSql.Database;
using static Parley.Server.PostgreSql.Database.Commands;

namespace Parley.Server.PostgreSql.Stores;

/// <summary>Keeps daily usage in the database, as sums. One statement checks the number of a batch and adds it.</summary>
internal sealed class PostgresUsageStore(PostgresDatabase database, TimeProvider time) : IUsageStore
{
    private const string Add =
        """
        WITH batch AS (
            INSERT INTO usage_writers(id, sequence, day) VALUES ($1, $2, $3)
            ON CONFLICT(id) DO UPDATE SET sequence = excluded.sequence, day = excluded.day WHERE usage_writers.sequence < excluded.sequence
            RETURNING 1),
        usage AS (
            INSERT INTO usage_daily(day, key_id, sessions, resumes, milliseconds, prompt_tokens, response_tokens, cost, unpriced_tokens)
            SELECT u.* FROM batch, unnest($4::date[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::numeric[], $12::bigint[]) AS u
            ON CONFLICT(day, key_id) DO UPDATE SET
                sessions = usage_daily.sessions + excluded.sessions, resumes = usage_daily.resumes + excluded.resumes,
                milliseconds = usage_daily.milliseconds + excluded.milliseconds, prompt_tokens = usage_daily.prompt_tokens + excluded.prompt_tokens,
                response_tokens = usage_daily.response_tokens + excluded.response_tokens,
                cost = CASE WHEN excluded.cost IS NULL THEN usage_daily.cost ELSE coalesce(usage_daily.cost, 0) + excluded.cost END,
                unpriced_tokens = usage_daily.unpriced_tokens + excluded.unpriced_tokens)
        INSERT INTO closes_daily(day, key_id, code, cause, count)
        SELECT c.* FROM batch, unnest($13::date[], $14::text[], $15::int[], $16::text[], $17::bigint[]) AS c
        ON CONFLICT(day, key_id, code, cause) DO UPDATE SET count = closes_daily.count + excluded.count
        """;

    private const string SelectUsage = "SELECT day, key_id, sessions, resumes, milliseconds, prompt_tokens, response_tokens, cost, unpriced_tokens FROM usage_daily WHERE ";

    public async ValueTask AddAsync(UsageBatch batch, CancellationToken cancellationToken)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        // All writers lock the rows in the same order.
        DayUsage[] usage = [.. batch.Sums.Usage.OrderBy(static day => day.Day).ThenBy(static day => day.KeyId, StringComparer.Ordinal)];
        DayCloses[] closes = [.. batch.Sums.Closes.OrderBy(static day => day.Day).ThenBy(static day => day.KeyId, StringComparer.Ordinal).ThenBy(static day => day.Code).ThenBy(static day => day.Cause, StringComparer.Ordinal)];
        await database.RunAsync(
            (connection, token) => connection.ExecuteAsync(
                token, Add, Text(batch.WriterId), Parameter(batch.Sequence), Parameter(today),
                Column(usage, static day => day.Day), Column(usage, static day => day.KeyId), Column(usage, static day => day.Sessions), Column(usage, static day => day.Resumes),
                Column(usage, static day => day.Milliseconds), Column(usage, static day => day.PromptTokens), Column(usage, static day => day.ResponseTokens),
                Column(usage, static day => day.Cost), Column(usage, static day => day.UnpricedTokens),
                Column(closes, static day => day.Day), Column(closes, static day => day.KeyId), Column(closes, static day => day.Code), Column(closes, static day => day.Cause),
                Column(closes, static day => day.Count)),
            cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<IReadOnlyList<DayUsage>> FindAsync(DateOnly day, IReadOnlyCollection<string> keyIds, CancellationToken cancellationToken) =>
        database.RunAsync<IReadOnlyList<DayUsage>>(
            async (connection, token) =>
            {
                using var command = connection.Command(SelectUsage + "day = $1 AND key_id = ANY($2)", Day(day), Parameter(keyIds.ToArray()));
                var reader = await command.ExecuteReaderAsync(token).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                    return await ReadUsageAsync(reader, token).ConfigureAwait(false);
            },
            cancellationToken);

    public ValueTask<UsageSums> LoadAsync(DateOnly firstDay, CancellationToken cancellationToken) => database.RunAsync(
        async (connection, token) =>
        {
            using var batch = new NpgsqlBatch(connection);
            batch.Add(SelectUsage + "day >= $1", Day(firstDay));
            batch.Add("SELECT day, key_id, code, cause, count FROM closes_daily WHERE day >= $1", Day(firstDay));
            var reader = await batch.ExecuteReaderAsync(token).ConfigureAwait(false);
            await using var _ = reader.ConfigureAwait(false);
            var (usage, closes) = (await ReadUsageAsync(reader, token).ConfigureAwait(false), new List<DayCloses>());
            await reader.NextResultAsync(token).ConfigureAwait(false);
            while (await reader.ReadAsync(token).ConfigureAwait(false))
                closes.Add(new DayCloses(reader.GetFieldValue<DateOnly>(0), reader.GetString(1), reader.GetInt32(2), reader.GetString(3), reader.GetInt64(4)));
            return new UsageSums(usage, closes);
        },
        cancellationToken);

    public async ValueTask DeleteBeforeAsync(DateOnly firstDay, CancellationToken cancellationToken) => await database.RunAsync(
        async (connection, token) =>
        {
            using var batch = new NpgsqlBatch(connection);
            foreach (var table in (string[])["usage_daily", "closes_daily", "usage_writers"])
                batch.Add($"DELETE FROM {table} WHERE day < $1", Day(firstDay));
            return await batch.ExecuteNonQueryAsync(token).ConfigureAwait(false);
        },
        cancellationToken).ConfigureAwait(false);

    private static async Task<List<DayUsage>> ReadUsageAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var usage = new List<DayUsage>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            usage.Add(new DayUsage(reader.GetFieldValue<DateOnly>(0), reader.GetString(1))
            {
                Sessions = reader.GetInt64(2),
                Resumes = reader.GetInt64(3),
                Milliseconds = reader.GetInt64(4),
                PromptTokens = reader.GetInt64(5),
                ResponseTokens = reader.GetInt64(6),
                Cost = reader.OrNull<decimal>(7),
                UnpricedTokens = reader.GetInt64(8),
            });
        }
        return usage;
    }

    private static NpgsqlParameter Day(DateOnly day) => Parameter(day);
}
