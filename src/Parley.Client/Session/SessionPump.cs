using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Parley.Client;

/// <summary>
/// Reads the socket for as long as it lives and hands updates to whoever reads the session. Runs no code of the user: tools are started
/// elsewhere, readers wake up elsewhere. When the channel is full it waits, and so in the end does the server.
/// </summary>
#pragma warning disable CA1001 // The source has no timer and no wait handle: there is nothing to free.
internal sealed class SessionPump(
    OpenedConnection connection, SessionState state, ToolDispatcher tools, Credential? credential, LiveClientOptions options, ILogger logger)
#pragma warning restore CA1001 // see above
{
    private readonly CancellationTokenSource _closing = new();
    private readonly Channel<LiveUpdate> _updates = Channel.CreateBounded<LiveUpdate>(
        new BoundedChannelOptions(options.ReceiveCapacity) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    internal ChannelReader<LiveUpdate> Updates => _updates.Reader;

    internal void Start() => _ = Task.Run(RunAsync);

    /// <summary>Updates that come from this side, such as failed tools; waits for room like the others.</summary>
    internal async ValueTask PublishAsync(LiveUpdate update)
    {
        try
        {
            await _updates.Writer.WriteAsync(update, _closing.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ChannelClosedException or OperationCanceledException)
        {
            // The session is over; what happened is in the log as well.
        }
    }

    /// <summary>Nobody has to wait for a reader any more: what does not fit is for nobody.</summary>
    internal void BeginClose() => _closing.Cancel();

    private async Task RunAsync()
    {
        TransportEnd end;
        try
        {
            end = await ReadAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            end = new TransportEnd(null, "", new CloseCause(EndCause.Internal, RetryAdvice.Resume), e);
        }
        var sessionEnd = state.ToEnd(end, credential);
        if (sessionEnd.IsNormal)
            Log.Ended(logger, sessionEnd);
        else
            Log.EndedAbnormally(logger, sessionEnd, sessionEnd.Advice);
        state.Complete(sessionEnd);
        _updates.Writer.TryComplete();
        await connection.Transport.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<TransportEnd> ReadAsync()
    {
        var updates = connection.Early;
        while (true)
        {
            foreach (var update in updates)
                Note(update);
            foreach (var update in updates)
            {
                if (!_updates.Writer.TryWrite(update))
                    await WaitForRoomAsync(update).ConfigureAwait(false);
            }
            updates.Clear();
            var received = await connection.Transport.ReceiveAsync().ConfigureAwait(false);
            if (received.End is { } end)
                return end;
            connection.Reader.Read(received.Message.Span, updates);
        }
    }

    private void Note(LiveUpdate update)
    {
        state.Note(update);
        switch (update)
        {
            case ToolCallUpdate call:
                tools.Start(call);
                break;
            case ToolCallCancelledUpdate cancelled:
                tools.Cancel(cancelled.Ids);
                break;
            case GoAwayUpdate goAway:
                Log.GoAway(logger, goAway.TimeLeft);
                break;
            case UnreadableMessageUpdate unreadable:
                Log.Unreadable(logger, unreadable.Message.Length);
                break;
        }
    }

    private async ValueTask WaitForRoomAsync(LiveUpdate update)
    {
        try
        {
            await _updates.Writer.WriteAsync(update, _closing.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // The session is being closed: the reader is gone.
        }
    }
}
