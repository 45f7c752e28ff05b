using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Parley.Client;

namespace Parley.Phone.Calls;

/// <summary>
/// Passes the events of one call to the handlers of the application, on a task of its own: they never delay audio. The queue is bounded; what does not fit is
/// dropped and counted.
/// </summary>
internal sealed partial class CallEvents
{
    private const int Capacity = 256;

    private readonly PhoneCall _call;
    private readonly IPhoneCallHandler[] _handlers;
    private readonly ILogger _logger;
    private readonly Channel<Event> _queue = Channel.CreateBounded<Event>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly Task _passed;
    private long _dropped;

    internal CallEvents(PhoneCall call, IPhoneCallHandler[] handlers, ILogger logger, CancellationToken ended)
    {
        (_call, _handlers, _logger) = (call, handlers, logger);
        _passed = handlers.Length == 0 ? Task.CompletedTask : Task.Run(() => PassAsync(ended), CancellationToken.None);
    }

    internal void Pressed(char digit) => Add(new Event(digit, null));

    internal void Updated(LiveUpdate update) => Add(new Event(default, update));

    /// <summary>The call has ended: passes what waits, then the end.</summary>
    internal async Task EndAsync(PhoneCallEnd end)
    {
        _queue.Writer.TryComplete();
        await _passed.ConfigureAwait(false);
        if (_dropped > 0)
            Log.Dropped(_logger, _call.Id, _dropped);
        foreach (var handler in _handlers)
            await GuardAsync(() => handler.EndedAsync(_call, end)).ConfigureAwait(false);
    }

    private void Add(in Event one)
    {
        if (_handlers.Length > 0 && !_queue.Writer.TryWrite(one))
            Interlocked.Increment(ref _dropped);
    }

    private async Task PassAsync(CancellationToken ended)
    {
        await foreach (var (digit, update) in _queue.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            foreach (var handler in _handlers)
                await GuardAsync(() => update is null ? handler.DigitAsync(_call, digit, ended) : handler.UpdateAsync(_call, update, ended)).ConfigureAwait(false);
        }
    }

    private async ValueTask GuardAsync(Func<ValueTask> handle)
    {
        try
        {
            await handle().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The call has ended.
        }
#pragma warning disable CA1031 // Code of the application: its failure must not end the call.
        catch (Exception e)
        {
            Log.Failed(_logger, _call.Id, e);
        }
#pragma warning restore CA1031
    }

    private readonly record struct Event(char Digit, LiveUpdate? Update);

    private static partial class Log
    {
        [LoggerMessage(EventIds.HandlerFailed, LogLevel.Error, "Handler of call {CallId} failed")]
        public static partial void Failed(ILogger logger, string callId, Exception exception);

        [LoggerMessage(EventIds.EventsDropped, LogLevel.Warning, "Handlers of call {CallId} were too slow: {Dropped} events dropped")]
        public static partial void Dropped(ILogger logger, string callId, long dropped);
    }
}
