using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Parley.Server.Sockets;

namespace Parley.Server.Webhooks;

/// <summary>
/// Sends deliveries of the outbox to their webhooks and repeats what fails: after 1, 2, 4 … seconds, 5 minutes at most, or when the receiver says. Several servers
/// with one outbox share the work; what a server took and did not finish is sent by another.
/// </summary>
internal sealed partial class WebhookSender(WebhookQueue queue, IWebhookOutbox outbox, IHttpClientFactory clients, TimeProvider time, ILogger<WebhookSender> logger)
    : IHostedService, IDisposable
{
    internal const string ClientName = "Parley.Webhooks";

    /// <summary>How often the outbox is asked for what is due again, and for what other servers left.</summary>
    internal static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(5), LongestRetryAfter = TimeSpan.FromHours(1), LeaseMargin = TimeSpan.FromSeconds(30), SweepInterval = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, State> _states = new(StringComparer.Ordinal);
    private Task _running = Task.CompletedTask;

    /// <summary>What was sent to each webhook, and what waits for it.</summary>
    internal IEnumerable<State> States => _states.Values;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var webhook in queue.Webhooks)
            _states[webhook.Name] = new State(webhook, time);
        queue.Added = () =>
        {
            foreach (var state in _states.Values)
                state.Wake();
        };
        _running = Task.WhenAll(_states.Values.Select(state => Task.Run(() => RunAsync(state), CancellationToken.None)));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync(State state)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                if (await SendDueAsync(state).ConfigureAwait(false))
                    continue;
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // A store logs its own failures.
                if (e is not StorageException && state.Logs.TryEnter())
                    Log.OutboxFailed(logger, state.Webhook.Name, e);
            }
            await state.WaitAsync(PollInterval, _stopping.Token).ConfigureAwait(false);
        }
    }

    /// <summary>Sends what is due; completes when each request has ended.</summary>
    /// <returns>Whether more may be due.</returns>
    private async Task<bool> SendDueAsync(State state)
    {
        var (webhook, now) = (state.Webhook, time.GetUtcNow());
        if (state.Swept is null || now - state.Swept >= SweepInterval)
        {
            var given = await outbox.DeleteBeforeAsync(webhook.Name, now - webhook.Options.GiveUpAfter, _stopping.Token).ConfigureAwait(false);
            state.Swept = now;
            if (given > 0)
                Log.GaveUp(logger, webhook.Name, given, webhook.Options.GiveUpAfter);
            state.GaveUp(given);
        }
        var deliveries = await outbox.TakeAsync(webhook.Name, webhook.Options.Concurrency, now, webhook.Options.Timeout + LeaseMargin, _stopping.Token).ConfigureAwait(false);
        if (deliveries.Count > 0)
            await Task.WhenAll(deliveries.Select(delivery => DeliverAsync(state, delivery))).ConfigureAwait(false);
        state.Backlog = await outbox.CountAsync(webhook.Name, _stopping.Token).ConfigureAwait(false);
        return deliveries.Count == webhook.Options.Concurrency;
    }

    private async Task DeliverAsync(State state, WebhookDelivery delivery)
    {
        var (failure, retryAfter) = await PostAsync(state.Webhook, delivery).ConfigureAwait(false);
        if (failure is null)
        {
            state.Delivered();
            await outbox.CompleteAsync(delivery.Webhook, delivery.EventId, CancellationToken.None).ConfigureAwait(false);
            return;
        }
        // Not sent, not failed: another server, or this one after its restart, gets it at once.
        if (_stopping.IsCancellationRequested)
        {
            await outbox.RetryAsync(delivery.Webhook, delivery.EventId, time.GetUtcNow(), CancellationToken.None).ConfigureAwait(false);
            return;
        }
        state.Failed();
        var delay = DelayAfter(delivery);
        if (retryAfter > delay)
            delay = retryAfter < LongestRetryAfter ? retryAfter : LongestRetryAfter;
        if (state.Logs.TryEnter())
            Log.Failed(logger, state.Webhook.Name, state.Webhook.Url.Host, failure, delivery.Attempts, delay);
        await outbox.RetryAsync(delivery.Webhook, delivery.EventId, time.GetUtcNow() + delay, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>1, 2, 4 … seconds, up to a fifth more: the events that a receiver missed do not all come at the same moment.</summary>
    private static TimeSpan DelayAfter(WebhookDelivery delivery)
    {
        var delay = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(delivery.Attempts - 1, 10)));
        var spread = (uint)delivery.EventId.Sum(static c => c * 31) % 100 / 500.0;
        return (delay < LongestDelay ? delay : LongestDelay) * (1 + spread);
    }

    /// <summary>Sends one request.</summary>
    /// <returns>What failed, null if the receiver took it; and the time it asked for.</returns>
    private async Task<(string? Failure, TimeSpan RetryAfter)> PostAsync(Webhook webhook, WebhookDelivery delivery)
    {
        using var timeout = new CancellationTokenSource(webhook.Options.Timeout, time);
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stopping.Token);
        try
        {
            using var client = clients.CreateClient(ClientName);
            using var request = Request(webhook, delivery);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancelled.Token).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
                return default;
            return (string.Create(CultureInfo.InvariantCulture, $"status {(int)response.StatusCode}"), RetryAfter(response));
        }
        catch (OperationCanceledException)
        {
            return ("no answer in time", default);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return (e is HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } error ? error.HttpRequestError.ToString() : e.GetType().Name, default);
        }
    }

    private HttpRequestMessage Request(Webhook webhook, WebhookDelivery delivery)
    {
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, webhook.Url) { Content = new ReadOnlyMemoryContent(delivery.Body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("User-Agent", "Parley");
        request.Headers.TryAddWithoutValidation("webhook-id", delivery.EventId);
        request.Headers.TryAddWithoutValidation("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation("webhook-signature", webhook.Sign(delivery.EventId, timestamp, delivery.Body.Span));
        return request;
    }

    private TimeSpan RetryAfter(HttpResponseMessage response) =>
        response.Headers.RetryAfter is not { } header ? default : header.Delta ?? (header.Date is { } date ? date - time.GetUtcNow() : default);

    private static partial class Log
    {
        [LoggerMessage(EventIds.WebhookFailed, LogLevel.Warning, "Webhook {Webhook} at {Host} failed: {Failure}, attempt {Attempts}; next in {Delay}. Reported once a minute")]
        public static partial void Failed(ILogger logger, string webhook, string host, string failure, int attempts, TimeSpan delay);

        [LoggerMessage(EventIds.WebhookGaveUp, LogLevel.Warning, "Webhook {Webhook}: {Count} events dropped after {GiveUpAfter} of attempts")]
        public static partial void GaveUp(ILogger logger, string webhook, int count, TimeSpan giveUpAfter);

        [LoggerMessage(EventIds.WebhookOutboxFailed, LogLevel.Error, "Events for webhook {Webhook} cannot be read; trying again. Reported once a minute")]
        public static partial void OutboxFailed(ILogger logger, string webhook, Exception exception);
    }

    /// <summary>A webhook at work.</summary>
    internal sealed class State(Webhook webhook, TimeProvider time)
    {
        private TaskCompletionSource _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long _delivered, _failed, _gaveUp;

        internal Webhook Webhook => webhook;

        internal LogLimit Logs { get; } = new(time, TimeSpan.FromMinutes(1));

        /// <summary>When deliveries that are too old were last looked for.</summary>
        internal DateTimeOffset? Swept { get; set; }

        /// <summary>What waited when the outbox was last asked.</summary>
        internal WebhookBacklog Backlog { get; set; }

        internal (long Delivered, long Failed, long GaveUp) Counts => (Interlocked.Read(ref _delivered), Interlocked.Read(ref _failed), Interlocked.Read(ref _gaveUp));

        internal void Delivered() => Interlocked.Increment(ref _delivered);

        internal void Failed() => Interlocked.Increment(ref _failed);

        internal void GaveUp(int count) => Interlocked.Add(ref _gaveUp, count);

        internal void Wake() => Volatile.Read(ref _wake).TrySetResult();

        /// <summary>Waits for new deliveries, or an interval.</summary>
        internal async Task WaitAsync(TimeSpan interval, CancellationToken cancellationToken)
        {
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var delay = Task.Delay(interval, time, waiting.Token);
            await Task.WhenAny(Volatile.Read(ref _wake).Task, delay).ConfigureAwait(false);
            await waiting.CancelAsync().ConfigureAwait(false);
            await delay.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            // What is added from now on wakes the next wait.
            Volatile.Write(ref _wake, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }
    }
}
