using Parley.Server.Storage;

namespace Parley.Server.Access;

/// <summary>Keeps the actions of operators in the database.</summary>
internal sealed class SqliteAuditStore(LiveDatabase database, LiveDatabaseWriter writer) : IAuditStore
{
    public async ValueTask AddAsync(AuditEntry entry, CancellationToken cancellationToken) => await writer.RunAsync(
        connection => connection.Execute(
            "INSERT INTO audit(time, node, action, subject, detail, remote) VALUES (@time, @node, @action, @subject, @detail, @remote)",
            ("@time", entry.Time.ToUnixTimeMilliseconds()), ("@node", entry.Node), ("@action", entry.Action), ("@subject", entry.Subject), ("@detail", entry.Detail),
            ("@remote", entry.Remote)),
        cancellationToken).ConfigureAwait(false);

    public ValueTask<IReadOnlyList<AuditEntry>> ListAsync(int count, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(database.Read<IReadOnlyList<AuditEntry>>(connection =>
        {
            var entries = new List<AuditEntry>();
            using var command = connection.Command("SELECT time, node, action, subject, detail, remote FROM audit ORDER BY id DESC LIMIT @count", ("@count", count));
            using var reader = command.ExecuteReader();
            while (reader.Read())
                entries.Add(new AuditEntry(reader.Time(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetString(5)));
            return entries;
        }));
    }

    public async ValueTask DeleteBeforeAsync(DateTimeOffset time, CancellationToken cancellationToken) => await writer.RunAsync(
        connection => connection.Execute("DELETE FROM audit WHERE time < @time", ("@time", time.ToUnixTimeMilliseconds())), cancellationToken).ConfigureAwait(false);
}
