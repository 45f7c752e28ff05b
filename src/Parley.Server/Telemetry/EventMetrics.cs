using System.Diagnostics.Metrics;
using Parley.Server.Events;
using Parley.Server.Webhooks;

namespace Parley.Server.Telemetry;

/// <summary>The metrics of events and webhooks, read from their services.</summary>
internal static class EventMetrics
{
    internal static void Observe(Meter meter, EventDispatcher events, WebhookQueue queue, WebhookSender webhooks)
    {
        meter.CreateObservableCounter(TelemetryNames.EventsDropped, () => Dropped(events), "{event}", "Events that no observer handled, by cause");
        meter.CreateObservableGauge(TelemetryNames.EventsWaiting, () => events.Waiting, "{event}", "Events that wait for an observer");
        meter.CreateObservableCounter(TelemetryNames.WebhookDeliveries, () => Deliveries(webhooks), "{request}", "Requests to webhooks, by outcome");
        meter.CreateObservableCounter(TelemetryNames.WebhookDrops, () => Drops(queue, webhooks), "{event}", "Events that a webhook will not get, by cause");
        meter.CreateObservableGauge(TelemetryNames.WebhooksWaiting, () => webhooks.States.Select(static state => new Measurement<int>(state.Backlog.Count, Of(state))), "{event}", "Events that wait for a webhook");
    }

    private static KeyValuePair<string, object?> Of(WebhookSender.State state) => new(TelemetryNames.Webhook, state.Webhook.Name);

    private static IEnumerable<Measurement<long>> Deliveries(WebhookSender webhooks) => webhooks.States.SelectMany(static state => new Measurement<long>[]
    {
        new(state.Counts.Delivered, Of(state), new(TelemetryNames.Outcome, "delivered")),
        new(state.Counts.Failed, Of(state), new(TelemetryNames.Outcome, "failed")),
    });

    private static IEnumerable<Measurement<long>> Drops(WebhookQueue queue, WebhookSender webhooks) =>
    [
        new(queue.Refused, new KeyValuePair<string, object?>(TelemetryNames.Cause, "full")),
        new(webhooks.States.Sum(static state => state.Counts.GaveUp), new KeyValuePair<string, object?>(TelemetryNames.Cause, "gave_up")),
    ];

    private static IEnumerable<Measurement<long>> Dropped(EventDispatcher events) =>
    [
        new(events.Dropped, new KeyValuePair<string, object?>(TelemetryNames.Cause, "full")),
        new(events.Failed, new KeyValuePair<string, object?>(TelemetryNames.Cause, "failed")),
    ];
}
