using System.Threading.Channels;

namespace Parley.Client.Session;

/// <summary>
/// Updates that wait for the reader, bounded in number and in bytes: if it is full, publishing waits, and in the end so does the server.
/// Filled by the pump and by everything on this side that reports something, such as a failed function.
/// </summary>
internal sealed class UpdateChannel(SessionState state, int capacity, long capacityBytes)
{
    private readonly Channel<LiveUpdate> _updates = Channel.CreateBounded<LiveUpdate>(
        new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    private readonly AsyncRoom _room = new();
    private long _bytes;

    internal ChannelReader<LiveUpdate> Reader => _updates.Reader;

    /// <summary>Adds an update without waiting; false if there is no room.</summary>
    internal bool TryPublish(LiveUpdate update)
    {
        if (Volatile.Read(ref _bytes) >= capacityBytes)
            return false;
        // Counted first: the reader may take it before this method returns.
        Interlocked.Add(ref _bytes, update.WireBytes);
        if (_updates.Writer.TryWrite(update))
            return true;
        Interlocked.Add(ref _bytes, -update.WireBytes);
        return false;
    }

    /// <summary>Adds an update, waiting for room. An update that has no turn gets the newest one.</summary>
    internal async Task PublishAsync(LiveUpdate update)
    {
        if (update.Turn == 0)
            update.Turn = state.Turn;
        try
        {
            while (!TryPublish(update))
            {
                if (Volatile.Read(ref _bytes) >= capacityBytes)
                    await _room.WaitAsync(() => Volatile.Read(ref _bytes) < capacityBytes, state.Closing).ConfigureAwait(false);
                else if (!await _updates.Writer.WaitToWriteAsync(state.Closing).ConfigureAwait(false))
                    return;
            }
        }
        catch (OperationCanceledException)
        {
            // The session is over; the log has the event as well.
        }
    }

    /// <summary>Adds an update in its order as soon as there is room; does not wait.</summary>
    internal void Post(LiveUpdate update) => _ = PublishAsync(update);

    /// <summary>The reader took an update.</summary>
    internal void Taken(LiveUpdate update)
    {
        if (update.WireBytes == 0)
            return;
        var before = Interlocked.Add(ref _bytes, -update.WireBytes) + update.WireBytes;
        if (before >= capacityBytes)
            _room.Pulse();
    }

    /// <summary>No update follows.</summary>
    internal void Complete() => _updates.Writer.TryComplete();

    /// <summary>Lets any number of writers wait until there is room.</summary>
    private sealed class AsyncRoom
    {
        private TaskCompletionSource _changed = New();

        internal async Task WaitAsync(Func<bool> hasRoom, CancellationToken cancellationToken)
        {
            var changed = Volatile.Read(ref _changed).Task;
            if (!hasRoom())
                await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        internal void Pulse() => Interlocked.Exchange(ref _changed, New()).TrySetResult();

        private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
