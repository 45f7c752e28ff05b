using System.Threading.Channels;

namespace Parley.Client.Session;

/// <summary>
/// Updates that wait for the reader, bounded: if it is full, publishing waits, and in the end so does the server. Filled by the pump and by
/// everything on this side that reports something, such as a failed function.
/// </summary>
internal sealed class UpdateChannel(SessionState state, int capacity)
{
    private readonly Channel<LiveUpdate> _updates = Channel.CreateBounded<LiveUpdate>(
        new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    internal ChannelReader<LiveUpdate> Reader => _updates.Reader;

    /// <summary>Adds an update without waiting; false if there is no room.</summary>
    internal bool TryPublish(LiveUpdate update) => _updates.Writer.TryWrite(update);

    /// <summary>Adds an update, waiting for room. An update that has no turn gets the newest one.</summary>
    internal async Task PublishAsync(LiveUpdate update)
    {
        if (update.Turn == 0)
            update.Turn = state.Turn;
        if (_updates.Writer.TryWrite(update))
            return;
        try
        {
            await _updates.Writer.WriteAsync(update, state.Closing).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ChannelClosedException or OperationCanceledException)
        {
            // The session is over; the log has the event as well.
        }
    }

    /// <summary>Adds an update in its order as soon as there is room; does not wait.</summary>
    internal void Post(LiveUpdate update) => _ = PublishAsync(update);

    /// <summary>No update follows.</summary>
    internal void Complete() => _updates.Writer.TryComplete();
}
