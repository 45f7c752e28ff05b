using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Parley.Server.Calls;

/// <summary>Passes what is said in a call to its methods, one piece at a time, away from the threads that carry audio.</summary>
internal sealed partial class CallTexts(LiveCallOptions options, ILogger logger, CancellationToken ended)
{
    private readonly Lock _gate = new();
    private readonly List<Func<LiveCallText, CancellationToken, ValueTask>> _handlers = [];
    private readonly SaidText _user = new(), _model = new();
    private Channel<LiveCallText>? _queue;
    private long _dropped;

    /// <summary>Whether anybody reads them.</summary>
    internal bool IsWanted => Volatile.Read(ref _queue) is not null;

    /// <summary>Pieces that nobody read because too many waited.</summary>
    internal long Dropped => Interlocked.Read(ref _dropped);

    internal void Add(Func<LiveCallText, CancellationToken, ValueTask> handler)
    {
        lock (_gate)
        {
            _handlers.Add(handler);
            if (_queue is not null)
                return;
            _queue = Channel.CreateBounded<LiveCallText>(new BoundedChannelOptions(options.MaxWaitingTexts) { SingleReader = true });
            _ = RunAsync(_queue);
        }
    }

    /// <summary>A piece of what one side says.</summary>
    internal void Say(LiveCall call, bool isUser, string? piece, bool isSpoken)
    {
        if (string.IsNullOrEmpty(piece) || _queue is not { } queue)
            return;
        lock (_gate)
        {
            // The other side begins: what this one said is complete.
            (isUser ? _model : _user).IsComplete = true;
            var text = (isUser ? _user : _model).Add(piece, options.MaxTextLength);
            if (queue.Writer.TryWrite(new LiveCallText(call, isUser, piece, text, isSpoken)))
                return;
        }
        if (Interlocked.Increment(ref _dropped) == 1)
            Log.Dropped(logger, call.SessionId, options.MaxWaitingTexts);
    }

    /// <summary>A turn of the model has ended.</summary>
    internal void TurnEnded()
    {
        lock (_gate)
            _user.IsComplete = _model.IsComplete = true;
    }

    internal void End() => _queue?.Writer.TryComplete();

    private async Task RunAsync(Channel<LiveCallText> queue)
    {
        // What waits is still read after the end: it was said.
        await foreach (var text in queue.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            Func<LiveCallText, CancellationToken, ValueTask>[] handlers;
            lock (_gate)
                handlers = [.. _handlers];
            foreach (var handler in handlers)
                await HandleAsync(handler, text).ConfigureAwait(false);
        }
    }

    private async ValueTask HandleAsync(Func<LiveCallText, CancellationToken, ValueTask> handler, LiveCallText text)
    {
        try
        {
            await handler(text, ended).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The session has ended while the method waited.
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.HandlerFailed(logger, text.Call.SessionId, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.CallTextsDropped, LogLevel.Warning, "OnTranscript of session {SessionId} is too slow: {MaxWaiting} texts wait, further ones are dropped")]
        public static partial void Dropped(ILogger logger, string sessionId, int maxWaiting);

        [LoggerMessage(EventIds.CallTextFailed, LogLevel.Error, "OnTranscript of session {SessionId} failed")]
        public static partial void HandlerFailed(ILogger logger, string sessionId, Exception exception);
    }
}
