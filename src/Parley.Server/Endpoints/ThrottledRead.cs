namespace Parley.Server.Endpoints;

/// <summary>Reads from a store at most once a second, however many requests need it; those in between share the last read.</summary>
internal sealed class ThrottledRead(TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Task<bool>? _last;
    private long _started;

    /// <summary>Reads, unless the last read is under way or began less than a second ago.</summary>
    /// <param name="read">Reads. Not cancelled with one of the requests that wait for it.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Whether the last read succeeded.</returns>
    internal Task<bool> RunAsync(Func<CancellationToken, Task> read, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_last is null || (_last.IsCompleted && time.GetElapsedTime(_started) >= Interval))
                (_last, _started) = (Task.Run(() => TryAsync(read, CancellationToken.None), CancellationToken.None), time.GetTimestamp());
            return _last.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Reads now.</summary>
    /// <returns>Whether the store could be read.</returns>
    internal static async Task<bool> TryAsync(Func<CancellationToken, Task> read, CancellationToken cancellationToken)
    {
        try
        {
            await read(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (StorageException)
        {
            // The store has logged it.
            return false;
        }
    }
}
