using Parley.Server.Storage;

namespace Parley.Server.Webhooks;

/// <summary>Keeps deliveries in the database.</summary>
internal sealed class SqliteWebhookOutbox(LiveDatabase database, LiveDatabaseWriter writer) : IWebhookOutbox
{
    public async ValueTask<int> AddAsync(IReadOnlyList<WebhookDelivery> deliveries, int maxWaiting, CancellationToken cancellationToken) => await writer.RunAsync(
        connection =>
        {
            var waiting = new Dictionary<string, long>(StringComparer.Ordinal);
            var refused = 0;
            foreach (var delivery in deliveries)
            {
                if (!waiting.TryGetValue(delivery.Webhook, out var count))
                    count = connection.Number("SELECT COUNT(*) FROM webhook_outbox WHERE webhook = @webhook", ("@webhook", delivery.Webhook)) ?? 0;
                if (count < maxWaiting)
                {
                    count += connection.Execute(
                        "INSERT INTO webhook_outbox(webhook, event_id, created, due, attempts, body) VALUES (@webhook, @id, @created, @created, 0, @body) ON CONFLICT DO NOTHING",
                        ("@webhook", delivery.Webhook), ("@id", delivery.EventId), ("@created", delivery.Created.ToUnixTimeMilliseconds()), ("@body", delivery.Body.ToArray()));
                }
                else if (connection.Number("SELECT 1 FROM webhook_outbox WHERE webhook = @webhook AND event_id = @id", ("@webhook", delivery.Webhook), ("@id", delivery.EventId)) is null)
                {
                    refused++;
                }
                waiting[delivery.Webhook] = count;
            }
            return refused;
        },
        cancellationToken).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<WebhookDelivery>> TakeAsync(string webhook, int count, DateTimeOffset now, TimeSpan lease, CancellationToken cancellationToken)
    {
        // Nothing is written while nothing waits.
        cancellationToken.ThrowIfCancellationRequested();
        var dueNow = now.ToUnixTimeMilliseconds();
        if (database.Read(connection => connection.Number("SELECT 1 FROM webhook_outbox WHERE webhook = @webhook AND due <= @now LIMIT 1", ("@webhook", webhook), ("@now", dueNow))) is null)
            return [];
        return await writer.RunAsync<IReadOnlyList<WebhookDelivery>>(
            connection =>
            {
                var taken = new List<WebhookDelivery>();
                using (var command = connection.Command(
                    "SELECT event_id, created, body, attempts FROM webhook_outbox WHERE webhook = @webhook AND due <= @now ORDER BY created, event_id LIMIT @count",
                    ("@webhook", webhook), ("@now", dueNow), ("@count", count)))
                using (var reader = command.ExecuteReader())
                {
                    while (reader.Read())
                        taken.Add(new WebhookDelivery(webhook, reader.GetString(0), reader.Time(1), reader.GetFieldValue<byte[]>(2), reader.GetInt32(3) + 1));
                }
                foreach (var delivery in taken)
                {
                    connection.Execute(
                        "UPDATE webhook_outbox SET due = @due, attempts = @attempts WHERE webhook = @webhook AND event_id = @id",
                        ("@due", (now + lease).ToUnixTimeMilliseconds()), ("@attempts", delivery.Attempts), ("@webhook", webhook), ("@id", delivery.EventId));
                }
                return taken;
            },
            cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask CompleteAsync(string webhook, string eventId, CancellationToken cancellationToken) => await writer.RunAsync(
        connection => connection.Execute("DELETE FROM webhook_outbox WHERE webhook = @webhook AND event_id = @id", ("@webhook", webhook), ("@id", eventId)),
        cancellationToken).ConfigureAwait(false);

    public async ValueTask RetryAsync(string webhook, string eventId, DateTimeOffset due, CancellationToken cancellationToken) => await writer.RunAsync(
        connection => connection.Execute(
            "UPDATE webhook_outbox SET due = @due WHERE webhook = @webhook AND event_id = @id",
            ("@due", due.ToUnixTimeMilliseconds()), ("@webhook", webhook), ("@id", eventId)),
        cancellationToken).ConfigureAwait(false);

    public async ValueTask<int> DeleteBeforeAsync(string webhook, DateTimeOffset time, CancellationToken cancellationToken) => await writer.RunAsync(
        connection => connection.Execute("DELETE FROM webhook_outbox WHERE webhook = @webhook AND created < @time", ("@webhook", webhook), ("@time", time.ToUnixTimeMilliseconds())),
        cancellationToken).ConfigureAwait(false);

    public ValueTask<WebhookBacklog> CountAsync(string webhook, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(database.Read(connection =>
        {
            using var command = connection.Command("SELECT COUNT(*), MIN(created) FROM webhook_outbox WHERE webhook = @webhook", ("@webhook", webhook));
            using var reader = command.ExecuteReader();
            return reader.Read() ? new WebhookBacklog(reader.GetInt32(0), reader.IsDBNull(1) ? null : reader.Time(1)) : default;
        }));
    }
}
