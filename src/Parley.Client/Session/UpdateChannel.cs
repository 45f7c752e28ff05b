using System.Threading.Channels;

namespace Parley.Client.Session;

/// <summary>
/// Updates that wait for the reader, bounded in number and in bytes: if it is full, publishing waits, and in the end so does the server.
/// Filled by the pump and by everything on this side that reports something, such as a failed function.
/// </summary>
#pragma warning disable CA1001 // The semaphore has no wait handle: there is nothing to free.
internal sealed class UpdateChannel(SessionState state, int capacity, long capacityBytes, bool resumesReaderInline)
#pragma warning restore CA1001 // see above
{
    private readonly Channel<LiveUpdate> _updates = Channel.CreateBounded<LiveUpdate>(
        new BoundedChannelOptions(capacity)
        {
            FullMode = BoundedChannelFullMode.Wait, SingleReader = true, AllowSynchronousContinuations = resumesReaderInline,
        });

    private readonly SemaphoreSlim _turn = new(1, 1); // those that wait for room, in order
    private readonly AsyncRoom _room = new();
    private int _waiting;
    private long _bytes;

    internal ChannelReader<LiveUpdate> Reader => _updates.Reader;

    /// <summary>Adds an update without waiting; false if there is no room, or others wait for it.</summary>
    internal bool TryPublish(LiveUpdate update) => Volatile.Read(ref _waiting) == 0 && TryWrite(update);

    /// <summary>Adds an update, waiting for room. An update that has no turn gets the newest one.</summary>
    internal async Task PublishAsync(LiveUpdate update)
    {
        if (update.Turn == 0)
            update.Turn = state.Turn;
        if (TryPublish(update))
            return;
        Interlocked.Increment(ref _waiting);
        try
        {
            await _turn.WaitAsync(state.Closing).ConfigureAwait(false);
            try
            {
                while (!TryWrite(update))
                {
                    if (!HasRoom())
                        await _room.WaitAsync(HasRoom, state.Closing).ConfigureAwait(false);
                    else if (!await _updates.Writer.WaitToWriteAsync(state.Closing).ConfigureAwait(false))
                        return;
                }
            }
            finally
            {
                _turn.Release();
            }
        }
        catch (OperationCanceledException)
        {
            // The session is over; the log has the event as well.
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>Adds an update in its order as soon as there is room; does not wait.</summary>
    internal void Post(LiveUpdate update) => _ = PublishAsync(update);

    /// <summary>The reader took an update.</summary>
    internal void Taken(LiveUpdate update)
    {
        if (update.WireBytes > 0)
            Remove(update.WireBytes);
    }

    /// <summary>No update follows.</summary>
    internal void Complete() => _updates.Writer.TryComplete();

    private bool HasRoom() => Volatile.Read(ref _bytes) < capacityBytes;

    private bool TryWrite(LiveUpdate update)
    {
        if (!HasRoom())
            return false;
        // Counted first: the reader may take it before this method returns.
        Interlocked.Add(ref _bytes, update.WireBytes);
        if (_updates.Writer.TryWrite(update))
            return true;
        Remove(update.WireBytes);
        return false;
    }

    private void Remove(int bytes)
    {
        // Whoever saw no room must look again.
        if (Interlocked.Add(ref _bytes, -bytes) + bytes >= capacityBytes)
            _room.Pulse();
    }

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
