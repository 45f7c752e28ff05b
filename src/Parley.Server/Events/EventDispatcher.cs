using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Server.Sockets;
using Parley.Server.Webhooks;

namespace Parley.Server.Events;

/// <summary>Passes events to the registered observers, each with queues of its own, so that a slow one delays neither a session nor another observer.</summary>
internal sealed partial class EventDispatcher : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopped = new();
    private readonly Lane[][] _observers;
    private readonly ILogger _logger;
    private readonly LogLimit _failures, _drops;
    private Task[] _running = [];
    private long _dropped, _failed;

    public EventDispatcher(IEnumerable<ILiveSessionEvents> observers, WebhookQueue webhooks, IOptions<LiveApiOptions> options, TimeProvider time, ILogger<EventDispatcher> logger)
    {
        (Options, Time, _logger) = (options.Value.Events, time, logger);
        (_failures, _drops) = (new LogLimit(time, TimeSpan.FromSeconds(1)), new LogLimit(time, TimeSpan.FromSeconds(1)));
        var length = Math.Max(1, Options.QueueLength / Options.Concurrency);
        _observers = [.. observers.Concat(webhooks.IsActive ? [webhooks] : []).Select(observer => Enumerable.Range(0, Options.Concurrency).Select(_ => new Lane(observer, length)).ToArray())];
    }

    /// <summary>Whether anybody receives events.</summary>
    internal bool IsActive => _observers.Length > 0;

    internal LiveEventOptions Options { get; }

    internal TimeProvider Time { get; }

    /// <summary>Events that did not fit into a queue.</summary>
    internal long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Events that an observer failed to handle.</summary>
    internal long Failed => Interlocked.Read(ref _failed);

    /// <summary>Events that wait.</summary>
    internal int Waiting => _observers.Sum(static lanes => lanes.Sum(static lane => lane.Queue.Reader.Count));

    /// <summary>Queues an event for each observer. Never waits.</summary>
    internal void Post(LiveSessionEvent sessionEvent)
    {
        // All events of a session take the same lane, which keeps their order.
        var lane = (int)((uint)sessionEvent.Session.Id.GetHashCode(StringComparison.Ordinal) % (uint)Options.Concurrency);
        foreach (var lanes in _observers)
        {
            if (lanes[lane].Queue.Writer.TryWrite(sessionEvent))
                continue;
            Interlocked.Increment(ref _dropped);
            if (_drops.TryEnter())
                Log.Dropped(_logger, lanes[lane].Observer.GetType().Name, Dropped);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _running = [.. _observers.SelectMany(static lanes => lanes).Select(lane => Task.Run(() => RunAsync(lane), CancellationToken.None))];
        return Task.CompletedTask;
    }

    /// <summary>Handles what waits, until <see cref="LiveEventOptions.DrainTime"/> is over. All sessions have ended before.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var lane in _observers.SelectMany(static lanes => lanes))
            lane.Queue.Writer.TryComplete();
        try
        {
            await Task.WhenAll(_running).WaitAsync(Options.DrainTime, Time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            Interlocked.Add(ref _dropped, Waiting);
            Log.NotDrained(_logger, Waiting);
            await _stopped.CancelAsync().ConfigureAwait(false);
        }
    }

    public void Dispose() => _stopped.Dispose();

    private async Task RunAsync(Lane lane)
    {
        while (await lane.Queue.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
        {
            while (!_stopped.IsCancellationRequested && lane.Queue.Reader.TryRead(out var sessionEvent))
                await HandleAsync(lane.Observer, sessionEvent).ConfigureAwait(false);
            if (_stopped.IsCancellationRequested)
                return;
        }
    }

    private async ValueTask HandleAsync(ILiveSessionEvents observer, LiveSessionEvent sessionEvent)
    {
        try
        {
            await observer.OnEventAsync(sessionEvent, _stopped.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stopped.IsCancellationRequested)
        {
            Interlocked.Increment(ref _dropped);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Interlocked.Increment(ref _failed);
            if (_failures.TryEnter())
                Log.ObserverFailed(_logger, observer.GetType().Name, sessionEvent.Type, e);
        }
    }

    private sealed class Lane(ILiveSessionEvents observer, int length)
    {
        internal ILiveSessionEvents Observer => observer;

        internal Channel<LiveSessionEvent> Queue { get; } = Channel.CreateBounded<LiveSessionEvent>(new BoundedChannelOptions(length) { SingleReader = true });
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.EventsDropped, LogLevel.Warning, "Events dropped: the queue of {Observer} is full; {Dropped} so far. Reported once a second")]
        public static partial void Dropped(ILogger logger, string observer, long dropped);

        [LoggerMessage(EventIds.EventObserverFailed, LogLevel.Error, "Observer {Observer} failed to handle an event {Type}. Reported once a second; parley.events.dropped counts all")]
        public static partial void ObserverFailed(ILogger logger, string observer, string type, Exception exception);

        [LoggerMessage(EventIds.EventsNotDrained, LogLevel.Warning, "{Waiting} events were not handled before the server stopped")]
        public static partial void NotDrained(ILogger logger, int waiting);
    }
}
