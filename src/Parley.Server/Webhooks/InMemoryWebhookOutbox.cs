namespace Parley.Server.Webhooks;

/// <summary>Keeps deliveries until the end of the process.</summary>
internal sealed class InMemoryWebhookOutbox : IWebhookOutbox
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedList<Entry>> _byWebhook = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Webhook, string EventId), LinkedListNode<Entry>> _byId = [];

    public ValueTask<int> AddAsync(IReadOnlyList<WebhookDelivery> deliveries, int maxWaiting, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var refused = 0;
        lock (_gate)
        {
            foreach (var delivery in deliveries)
            {
                if (_byId.ContainsKey((delivery.Webhook, delivery.EventId)))
                    continue;
                if (!_byWebhook.TryGetValue(delivery.Webhook, out var list))
                    _byWebhook[delivery.Webhook] = list = [];
                if (list.Count >= maxWaiting)
                    refused++;
                else
                    _byId[(delivery.Webhook, delivery.EventId)] = Insert(list, new Entry(delivery with { Attempts = 0 }, delivery.Created));
            }
        }
        return new(refused);
    }

    public ValueTask<IReadOnlyList<WebhookDelivery>> TakeAsync(string webhook, int count, DateTimeOffset now, TimeSpan lease, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var taken = new List<WebhookDelivery>();
        lock (_gate)
        {
            for (var node = _byWebhook.GetValueOrDefault(webhook)?.First; node is not null && taken.Count < count; node = node.Next)
            {
                if (node.Value.Due > now)
                    continue;
                var delivery = node.Value.Delivery with { Attempts = node.Value.Delivery.Attempts + 1 };
                node.Value = new Entry(delivery, now + lease);
                taken.Add(delivery);
            }
        }
        return new(taken);
    }

    public ValueTask CompleteAsync(string webhook, string eventId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (_byId.Remove((webhook, eventId), out var node))
                node.List!.Remove(node);
        }
        return default;
    }

    public ValueTask RetryAsync(string webhook, string eventId, DateTimeOffset due, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (_byId.TryGetValue((webhook, eventId), out var node))
                node.Value = node.Value with { Due = due };
        }
        return default;
    }

    public ValueTask<int> DeleteBeforeAsync(string webhook, DateTimeOffset time, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var deleted = 0;
        lock (_gate)
        {
            while (_byWebhook.GetValueOrDefault(webhook)?.First is { } first && first.Value.Delivery.Created < time)
            {
                _byId.Remove((webhook, first.Value.Delivery.EventId));
                first.List!.RemoveFirst();
                deleted++;
            }
        }
        return new(deleted);
    }

    public ValueTask<WebhookBacklog> CountAsync(string webhook, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            var list = _byWebhook.GetValueOrDefault(webhook);
            return new(new WebhookBacklog(list?.Count ?? 0, list?.First?.Value.Delivery.Created));
        }
    }

    // The oldest first; usually the new one is the newest.
    private static LinkedListNode<Entry> Insert(LinkedList<Entry> list, Entry entry)
    {
        var before = list.Last;
        while (before?.Value.Delivery.Created > entry.Delivery.Created)
            before = before.Previous;
        return before is null ? list.AddFirst(entry) : list.AddAfter(before, entry);
    }

    private readonly record struct Entry(WebhookDelivery Delivery, DateTimeOffset Due);
}
