using System.Globalization;
using Microsoft.Data.Sqlite;
using Parley.Server.Storage;

namespace Parley.Server.Access;

/// <summary>Keeps daily usage in the database, as sums. The last number of each writer is stored with them, so that no batch is added twice.</summary>
internal sealed class SqliteUsageStore(LiveDatabase database, LiveDatabaseWriter writer, TimeProvider time) : IUsageStore
{
    private const string DayFormat = "yyyy-MM-dd";

    /// <summary>SQLite has no decimal numbers: costs are stored in billionths.</summary>
    private const decimal CostUnits = 1_000_000_000;

    private const string AddBatch =
        """
        INSERT INTO usage_writers(id, sequence, day) VALUES (@writer, @sequence, @today)
        ON CONFLICT(id) DO UPDATE SET sequence = excluded.sequence, day = excluded.day WHERE excluded.sequence > usage_writers.sequence
        """;

    private const string AddUsage =
        """
        INSERT INTO usage_daily(day, key_id, sessions, resumes, milliseconds, prompt_tokens, response_tokens, cost, unpriced_tokens)
        VALUES (@day, @key, @sessions, @resumes, @milliseconds, @prompt, @response, @cost, @unpriced)
        ON CONFLICT(day, key_id) DO UPDATE SET
            sessions = sessions + excluded.sessions, resumes = resumes + excluded.resumes, milliseconds = milliseconds + excluded.milliseconds,
            prompt_tokens = prompt_tokens + excluded.prompt_tokens, response_tokens = response_tokens + excluded.response_tokens,
            cost = CASE WHEN excluded.cost IS NULL THEN cost ELSE ifnull(cost, 0) + excluded.cost END, unpriced_tokens = unpriced_tokens + excluded.unpriced_tokens
        """;

    private const string AddClose =
        """
        INSERT INTO closes_daily(day, key_id, code, cause, count) VALUES (@day, @key, @code, @cause, @count)
        ON CONFLICT(day, key_id, code, cause) DO UPDATE SET count = count + excluded.count
        """;

    public async ValueTask AddAsync(UsageBatch batch, CancellationToken cancellationToken)
    {
        var today = Format(DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));
        await writer.RunAsync(
            connection =>
            {
                if (connection.Execute(AddBatch, ("@writer", batch.WriterId), ("@sequence", batch.Sequence), ("@today", today)) == 0)
                    return false;
                foreach (var usage in batch.Sums.Usage)
                {
                    connection.Execute(
                        AddUsage,
                        ("@day", Format(usage.Day)), ("@key", usage.KeyId), ("@sessions", usage.Sessions), ("@resumes", usage.Resumes),
                        ("@milliseconds", usage.Milliseconds), ("@prompt", usage.PromptTokens), ("@response", usage.ResponseTokens),
                        ("@cost", usage.Cost is { } cost ? (long)(cost * CostUnits) : null), ("@unpriced", usage.UnpricedTokens));
                }
                foreach (var closes in batch.Sums.Closes)
                {
                    connection.Execute(
                        AddClose, ("@day", Format(closes.Day)), ("@key", closes.KeyId), ("@code", closes.Code), ("@cause", closes.Cause), ("@count", closes.Count));
                }
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<UsageSums> LoadAsync(DateOnly firstDay, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(database.Read(connection => new UsageSums(LoadUsage(connection, "day >= @day", ("@day", Format(firstDay))), LoadCloses(connection, Format(firstDay)))));
    }

    public ValueTask<IReadOnlyList<DayUsage>> FindAsync(DateOnly day, IReadOnlyCollection<string> keyIds, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(database.Read<IReadOnlyList<DayUsage>>(connection =>
            [.. keyIds.Distinct(StringComparer.Ordinal).SelectMany(id => LoadUsage(connection, "day = @day AND key_id = @key", ("@day", Format(day)), ("@key", id)))]));
    }

    public async ValueTask DeleteBeforeAsync(DateOnly firstDay, CancellationToken cancellationToken) =>
        await writer.RunAsync(
            connection =>
                connection.Execute("DELETE FROM usage_daily WHERE day < @day", ("@day", Format(firstDay)))
                + connection.Execute("DELETE FROM closes_daily WHERE day < @day", ("@day", Format(firstDay)))
                + connection.Execute("DELETE FROM usage_writers WHERE day < @day", ("@day", Format(firstDay))),
            cancellationToken).ConfigureAwait(false);

    private static List<DayUsage> LoadUsage(SqliteConnection connection, string condition, params (string Name, object? Value)[] parameters)
    {
        var usage = new List<DayUsage>();
        using var command = connection.Command(
            $"SELECT day, key_id, sessions, resumes, milliseconds, prompt_tokens, response_tokens, cost, unpriced_tokens FROM usage_daily WHERE {condition}", parameters);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            usage.Add(new DayUsage(Parse(reader.GetString(0)), reader.GetString(1))
            {
                Sessions = reader.GetInt64(2),
                Resumes = reader.GetInt64(3),
                Milliseconds = reader.GetInt64(4),
                PromptTokens = reader.GetInt64(5),
                ResponseTokens = reader.GetInt64(6),
                Cost = reader.IsDBNull(7) ? null : reader.GetInt64(7) / CostUnits,
                UnpricedTokens = reader.GetInt64(8),
            });
        }
        return usage;
    }

    private static List<DayCloses> LoadCloses(SqliteConnection connection, string firstDay)
    {
        var closes = new List<DayCloses>();
        using var command = connection.Command("SELECT day, key_id, code, cause, count FROM closes_daily WHERE day >= @day", ("@day", firstDay));
        using var reader = command.ExecuteReader();
        while (reader.Read())
            closes.Add(new DayCloses(Parse(reader.GetString(0)), reader.GetString(1), reader.GetInt32(2), reader.GetString(3), reader.GetInt64(4)));
        return closes;
    }

    private static string Format(DateOnly day) => day.ToString(DayFormat, CultureInfo.InvariantCulture);

    private static DateOnly Parse(string day) => DateOnly.ParseExact(day, DayFormat, CultureInfo.InvariantCulture);
}
