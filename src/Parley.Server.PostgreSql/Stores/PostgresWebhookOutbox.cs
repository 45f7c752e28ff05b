using Parley.Server.PostgreSql.Database;
using static Parley.Server.PostgreSql.Database.Commands;

namespace Parley.Server.PostgreSql.Stores;

/// <summary>Keeps deliveries in the database. Servers that take at the same time skip the rows of each other.</summary>
internal sealed class PostgresWebhookOutbox(PostgresDatabase database) : IWebhookOutbox
{
    public ValueTask<int> AddAsync(IReadOnlyList<WebhookDelivery> deliveries, int maxWaiting, CancellationToken cancellationToken) => database.RunAsync(
        async (connection, token) =>
        {
            var refused = 0;
            foreach (var group in deliveries.GroupBy(static delivery => delivery.Webhook, StringComparer.Ordinal))
            {
                var waiting = await connection.ScalarAsync<long>(token, "SELECT count(*) FROM webhook_outbox WHERE webhook = $1", Text(group.Key)).ConfigureAwait(false);
                foreach (var delivery in group)
                {
                    if (waiting < maxWaiting)
                    {
                        waiting += await connection.ExecuteAsync(
                            token, "INSERT INTO webhook_outbox(webhook, event_id, created, due, attempts, body) VALUES ($1, $2, $3, $3, 0, $4) ON CONFLICT DO NOTHING",
                            Text(group.Key), Text(delivery.EventId), Time(delivery.Created), Parameter(delivery.Body.ToArray())).ConfigureAwait(false);
                    }
                    else if (await connection.ScalarAsync<int>(
                        token, "SELECT 1 FROM webhook_outbox WHERE webhook = $1 AND event_id = $2", Text(group.Key), Text(delivery.EventId)).ConfigureAwait(false) == 0)
                    {
                        refused++;
                    }
                }
            }
            return refused;
        },
        cancellationToken);

    public ValueTask<IReadOnlyList<WebhookDelivery>> TakeAsync(string webhook, int count, DateTimeOffset now, TimeSpan lease, CancellationToken cancellationToken) =>
        database.RunAsync<IReadOnlyList<WebhookDelivery>>(
            async (connection, token) =>
            {
                var taken = new List<WebhookDelivery>();
                using var command = connection.Command(
                    """
                    UPDATE webhook_outbox SET due = $4, attempts = attempts + 1 WHERE (webhook, event_id) IN (
                        SELECT webhook, event_id FROM webhook_outbox WHERE webhook = $1 AND due <= $3 ORDER BY created, event_id LIMIT $2 FOR UPDATE SKIP LOCKED)
                    RETURNING event_id, created, body, attempts
                    """,
                    Text(webhook), Parameter(count), Time(now), Time(now + lease));
                var reader = await command.ExecuteReaderAsync(token).ConfigureAwait(false);
                await using var _ = reader.ConfigureAwait(false);
                while (await reader.ReadAsync(token).ConfigureAwait(false))
                    taken.Add(new WebhookDelivery(webhook, reader.GetString(0), reader.Time(1), reader.GetFieldValue<byte[]>(2), reader.GetInt32(3)));
                return [.. taken.OrderBy(static delivery => delivery.Created).ThenBy(static delivery => delivery.EventId, StringComparer.Ordinal)];
            },
            cancellationToken);

    public async ValueTask CompleteAsync(string webhook, string eventId, CancellationToken cancellationToken) => await database.RunAsync(
        (connection, token) => connection.ExecuteAsync(token, "DELETE FROM webhook_outbox WHERE webhook = $1 AND event_id = $2", Text(webhook), Text(eventId)),
        cancellationToken).ConfigureAwait(false);

    public async ValueTask RetryAsync(string webhook, string eventId, DateTimeOffset due, CancellationToken cancellationToken) => await database.RunAsync(
        (connection, token) => connection.ExecuteAsync(
            token, "UPDATE webhook_outbox SET due = $3 WHERE webhook = $1 AND event_id = $2", Text(webhook), Text(eventId), Time(due)),
        cancellationToken).ConfigureAwait(false);

    public ValueTask<int> DeleteBeforeAsync(string webhook, DateTimeOffset time, CancellationToken cancellationToken) => database.RunAsync(
        (connection, token) => connection.ExecuteAsync(token, "DELETE FROM webhook_outbox WHERE webhook = $1 AND created < $2", Text(webhook), Time(time)), cancellationToken);

    public ValueTask<WebhookBacklog> CountAsync(string webhook, CancellationToken cancellationToken) => database.RunAsync(
        async (connection, token) =>
        {
            using var command = connection.Command("SELECT count(*)::int, min(created) FROM webhook_outbox WHERE webhook = $1", Text(webhook));
            var reader = await command.ExecuteReaderAsync(token).ConfigureAwait(false);
            await using var _ = reader.ConfigureAwait(false);
            return await reader.ReadAsync(token).ConfigureAwait(false)
                ? new WebhookBacklog(reader.GetInt32(0), await reader.IsDBNullAsync(1, token).ConfigureAwait(false) ? null : reader.Time(1))
                : default;
        },
        cancellationToken);
}
