namespace Parley.Server;

/// <summary>
/// Keeps events until their webhooks have taken them. Several servers may share one outbox. A failed operation throws <see cref="StorageException"/>; a cancelled
/// one may still take effect. Safe for use by many threads.
/// </summary>
public interface IWebhookOutbox
{
    /// <summary>Adds deliveries; one that is there already is skipped.</summary>
    /// <param name="deliveries">The deliveries, due at once.</param>
    /// <param name="maxWaiting">Most deliveries of one webhook; further ones are not added.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>How many were not added because of <paramref name="maxWaiting"/>.</returns>
    ValueTask<int> AddAsync(IReadOnlyList<WebhookDelivery> deliveries, int maxWaiting, CancellationToken cancellationToken);

    /// <summary>
    /// Takes due deliveries, the oldest first, and counts one more attempt of each. Nobody else gets them until the lease ends; then they are due again, unless
    /// one of the following methods was called.
    /// </summary>
    /// <param name="webhook">Name of the webhook.</param>
    /// <param name="count">Most deliveries.</param>
    /// <param name="now">The time.</param>
    /// <param name="lease">How long they are reserved.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    ValueTask<IReadOnlyList<WebhookDelivery>> TakeAsync(string webhook, int count, DateTimeOffset now, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>Removes a delivery that was taken by its receiver.</summary>
    ValueTask CompleteAsync(string webhook, string eventId, CancellationToken cancellationToken);

    /// <summary>Makes a delivery due at a later time.</summary>
    ValueTask RetryAsync(string webhook, string eventId, DateTimeOffset due, CancellationToken cancellationToken);

    /// <summary>Removes the deliveries of a webhook that were created before a time.</summary>
    /// <returns>How many.</returns>
    ValueTask<int> DeleteBeforeAsync(string webhook, DateTimeOffset time, CancellationToken cancellationToken);

    /// <summary>What waits for a webhook.</summary>
    ValueTask<WebhookBacklog> CountAsync(string webhook, CancellationToken cancellationToken);
}

/// <summary>An event on its way to a webhook.</summary>
/// <param name="Webhook">Name of the webhook.</param>
/// <param name="EventId">Id of the event; unique for a webhook.</param>
/// <param name="Created">When it was added, exact to a millisecond.</param>
/// <param name="Body">The body of the request. Contains what was said: protect it as conversations.</param>
/// <param name="Attempts">Attempts so far, with the one that is being made.</param>
public sealed record WebhookDelivery(string Webhook, string EventId, DateTimeOffset Created, ReadOnlyMemory<byte> Body, int Attempts = 0);

/// <summary>What waits for a webhook.</summary>
/// <param name="Count">Number of deliveries.</param>
/// <param name="Oldest">When the oldest was added; null if there is none.</param>
public readonly record struct WebhookBacklog(int Count, DateTimeOffset? Oldest);
