using Microsoft.Data.Sqlite;
using Parley.Server.Storage;

namespace Parley.Server.Access;

/// <summary>Persists daily usage in the database, as sums; each amount must be added exactly once.</summary>
internal sealed class SqliteUsageStore(LiveDatabase database, LiveDatabaseWriter writer) : IUsageStore
{
    private const string AddUsage =
        """
        INSERT INTO usage_daily(day, key_id, sessions, resumes, milliseconds, prompt_tokens, response_tokens)
        VALUES (@day, @key, @sessions, @resumes, @milliseconds, @prompt, @response)
        ON CONFLICT(day, key_id) DO UPDATE SET
            sessions = sessions + excluded.sessions, resumes = resumes + excluded.resumes, milliseconds = milliseconds + excluded.milliseconds,
            prompt_tokens = prompt_tokens + excluded.prompt_tokens, response_tokens = response_tokens + excluded.response_tokens
        """;

    private const string AddClose =
        """
        INSERT INTO closes_daily(day, key_id, code, cause, count) VALUES (@day, @key, @code, @cause, @count)
        ON CONFLICT(day, key_id, code, cause) DO UPDATE SET count = count + excluded.count
        """;

    public (IReadOnlyList<DayUsage> Usage, IReadOnlyList<DayCloses> Closes) Load(string firstDay)
    {
        var loaded = database.Read(connection => (LoadUsage(connection, firstDay), LoadCloses(connection, firstDay)));
        writer.Post(connection =>
        {
            connection.Execute("DELETE FROM usage_daily WHERE day < @day", ("@day", firstDay));
            connection.Execute("DELETE FROM closes_daily WHERE day < @day", ("@day", firstDay));
        });
        return loaded;
    }

    public void Add(DayUsage more) => writer.Post(connection => connection.Execute(
        AddUsage,
        ("@day", more.Day), ("@key", more.KeyId), ("@sessions", more.Sessions), ("@resumes", more.Resumes), ("@milliseconds", more.Milliseconds),
        ("@prompt", more.PromptTokens), ("@response", more.ResponseTokens)));

    public void Add(DayCloses more) => writer.Post(connection => connection.Execute(
        AddClose, ("@day", more.Day), ("@key", more.KeyId), ("@code", more.Code), ("@cause", more.Cause), ("@count", more.Count)));

    private static List<DayUsage> LoadUsage(SqliteConnection connection, string firstDay)
    {
        var usage = new List<DayUsage>();
        using var command = connection.Command("SELECT day, key_id, sessions, resumes, milliseconds, prompt_tokens, response_tokens FROM usage_daily WHERE day >= @day", ("@day", firstDay));
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            usage.Add(new DayUsage(reader.GetString(0), reader.GetString(1))
            {
                Sessions = reader.GetInt64(2),
                Resumes = reader.GetInt64(3),
                Milliseconds = reader.GetInt64(4),
                PromptTokens = reader.GetInt64(5),
                ResponseTokens = reader.GetInt64(6),
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
            closes.Add(new DayCloses(reader.GetString(0), reader.GetString(1), reader.GetInt32(2), reader.GetString(3), reader.GetInt64(4)));
        return closes;
    }
}
