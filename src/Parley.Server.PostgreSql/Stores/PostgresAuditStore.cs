using Parley.Server.PostgreSql.Database;
using static Parley.Server.PostgreSql.Database.Commands;

namespace Parley.Server.PostgreSql.Stores;

/// <summary>Keeps the actions of operators in the database.</summary>
internal sealed class PostgresAuditStore(PostgresDatabase database) : IAuditStore
{
    public async ValueTask AddAsync(AuditEntry entry, CancellationToken cancellationToken) => await database.RunAsync(
        (connection, token) => connection.ExecuteAsync(
            token, "INSERT INTO audit(time, node, action, subject, detail, remote) VALUES ($1, $2, $3, $4, $5, $6)",
            Time(entry.Time), Text(entry.Node), Text(entry.Action), Text(entry.Subject), Text(entry.Detail), Text(entry.Remote)),
        cancellationToken).ConfigureAwait(false);

    public ValueTask<IReadOnlyList<AuditEntry>> ListAsync(int count, CancellationToken cancellationToken) =>
        database.RunAsync<IReadOnlyList<AuditEntry>>(
            async (connection, token) =>
            {
                var entries = new List<AuditEntry>();
                using var command = connection.Command("SELECT time, node, action, subject, detail, remote FROM audit ORDER BY id DESC LIMIT $1", Parameter(count));
                var reader = await command.ExecuteReaderAsync(token).ConfigureAwait(false);
                await using var _ = reader.ConfigureAwait(false);
                while (await reader.ReadAsync(token).ConfigureAwait(false))
                    entries.Add(new AuditEntry(reader.Time(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetString(5)));
                return entries;
            },
            cancellationToken);

    public async ValueTask DeleteBeforeAsync(DateTimeOffset time, CancellationToken cancellationToken) => await database.RunAsync(
        (connection, token) => connection.ExecuteAsync(token, "DELETE FROM audit WHERE time < $1", Time(time)), cancellationToken).ConfigureAwait(false);
}
