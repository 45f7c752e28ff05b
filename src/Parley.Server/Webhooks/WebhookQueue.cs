using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Server.Sockets;

namespace Parley.Server.Webhooks;

/// <summary>
/// Writes events into the outbox, many at once. While the outbox fails it is tried again every second; events then wait here, and after that in the queue of
/// the observer, whose length is bounded.
/// </summary>
internal sealed partial class WebhookQueue : ILiveSessionEvents, IHostedService, IDisposable
{
    internal static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private const int MaxBatch = 256;

    private readonly CancellationTokenSource _stopped = new();
    private readonly Channel<LiveSessionEvent> _queue = Channel.CreateBounded<LiveSessionEvent>(new BoundedChannelOptions(MaxBatch) { SingleReader = true });
    private readonly IWebhookOutbox _outbox;
    private readonly LiveApiOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly LogLimit _logs;
    private Task _running = Task.CompletedTask;
    private long _refused;

    public WebhookQueue(IWebhookOutbox outbox, IOptions<LiveApiOptions> options, TimeProvider time, ILogger<WebhookQueue> logger)
    {
        (_outbox, _options, _time, _logger, _logs) = (outbox, options.Value, time, logger, new LogLimit(time, TimeSpan.FromMinutes(1)));
        Webhooks = [.. _options.Webhooks.Select(static pair => new Webhook(pair.Key, pair.Value))];
    }

    internal Webhook[] Webhooks { get; }

    internal bool IsActive => Webhooks.Length > 0;

    /// <summary>Deliveries that the outbox did not take because too many wait, or because the server stopped.</summary>
    internal long Refused => Interlocked.Read(ref _refused);

    /// <summary>Called when deliveries were added.</summary>
    internal Action? Added { get; set; }

    public ValueTask OnEventAsync(LiveSessionEvent sessionEvent, CancellationToken cancellationToken) => _queue.Writer.WriteAsync(sessionEvent, cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (IsActive)
            _running = Task.Run(RunAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>Writes what waits. The dispatcher, which stops before, adds nothing more.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        try
        {
            await _running.WaitAsync(_options.Events.DrainTime, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            await _stopped.CancelAsync().ConfigureAwait(false);
        }
    }

    public void Dispose() => _stopped.Dispose();

    private async Task RunAsync()
    {
        var events = new List<LiveSessionEvent>(MaxBatch);
        while (await _queue.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
        {
            events.Clear();
            while (events.Count < MaxBatch && _queue.Reader.TryRead(out var sessionEvent))
                events.Add(sessionEvent);
            var now = _time.GetUtcNow();
            var bodies = events.ConvertAll(EventJson.Write);
            foreach (var webhook in Webhooks)
            {
                WebhookDelivery[] deliveries =
                [
                    .. events.Index().Where(pair => webhook.Wants(pair.Item.Type)).Select(pair => new WebhookDelivery(webhook.Name, pair.Item.Id, now, bodies[pair.Index])),
                ];
                if (deliveries.Length > 0)
                    await AddAsync(webhook, deliveries).ConfigureAwait(false);
            }
            Added?.Invoke();
        }
    }

    private async ValueTask AddAsync(Webhook webhook, WebhookDelivery[] deliveries)
    {
        while (true)
        {
            try
            {
                var refused = await _outbox.AddAsync(deliveries, webhook.Options.MaxWaiting, CancellationToken.None).ConfigureAwait(false);
                if (refused == 0)
                    return;
                Interlocked.Add(ref _refused, refused);
                if (_logs.TryEnter())
                    Log.Full(_logger, webhook.Name, webhook.Options.MaxWaiting);
                return;
            }
            catch (Exception e)
            {
                // A store logs its own failures.
                if (e is not StorageException && _logs.TryEnter())
                    Log.OutboxFailed(_logger, webhook.Name, e);
            }
            await Task.Delay(RetryDelay, _time, _stopped.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!_stopped.IsCancellationRequested)
                continue;
            Interlocked.Add(ref _refused, deliveries.Length);
            return;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.WebhookOutboxFailed, LogLevel.Error, "Events for webhook {Webhook} not stored; trying again. Reported once a minute")]
        public static partial void OutboxFailed(ILogger logger, string webhook, Exception exception);

        [LoggerMessage(EventIds.WebhookFull, LogLevel.Warning, "Events for webhook {Webhook} dropped: {MaxWaiting} wait already. Reported once a minute; parley.webhooks.dropped counts all")]
        public static partial void Full(ILogger logger, string webhook, int maxWaiting);
    }
}
