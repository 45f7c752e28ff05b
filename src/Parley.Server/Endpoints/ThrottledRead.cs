namespace Parley.Server.Endpoints;

/// <summary>Reads from a store at most once a second, however many requests need it; those in between get what was read last.</summary>
internal sealed class ThrottledRead(TimeProvider time)
{
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _gate = new(1);
    private long? _last;
    private bool _hasSucceeded;

    /// <summary>Reads, unless the last time is less than <see cref="Interval"/> ago.</summary>
    /// <returns>Whether the last read succeeded.</returns>
    internal async Task<bool> RunAsync(Func<CancellationToken, Task> read, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_last is null || time.GetElapsedTime(_last.Value) >= Interval)
            {
                _hasSucceeded = await TryAsync(read, cancellationToken).ConfigureAwait(false);
                _last = time.GetTimestamp();
            }
            return _hasSucceeded;
        }
        finally
        {
            _gate.Release();
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
