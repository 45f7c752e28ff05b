namespace Parley.Cascade.Answering;

/// <summary>
/// Reads the stream of an engine with a time limit for each item. An engine that ignores cancellation is abandoned: its items are dropped,
/// and it is disposed if it ever returns.
/// </summary>
internal sealed class TimeoutStream<T> : IAsyncDisposable
{
    private readonly string _stage;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _timeProvider;
    private readonly CancellationToken _cancellationToken;
    private readonly CancellationTokenSource _stop;
    private readonly IAsyncEnumerator<T> _items;
    private Task<bool>? _pending;

    internal TimeoutStream(
        Func<CancellationToken, IAsyncEnumerable<T>> open, string stage, TimeSpan timeout, TimeProvider timeProvider,
        CancellationToken cancellationToken)
    {
        (_stage, _timeout, _timeProvider, _cancellationToken) = (stage, timeout, timeProvider, cancellationToken);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _items = open(_stop.Token).GetAsyncEnumerator(_stop.Token);
    }

    internal T Current => _items.Current;

    /// <exception cref="StageTimeoutException">No item arrived in time.</exception>
    internal ValueTask<bool> MoveNextAsync()
    {
        _cancellationToken.ThrowIfCancellationRequested();
        var next = _items.MoveNextAsync();
        return next.IsCompleted ? next : WaitAsync(next.AsTask());
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        if (_pending is { IsCompleted: false })
            _ = ReleaseAsync(_pending);
        else
            await ReleaseAsync(Task.CompletedTask).ConfigureAwait(false);
    }

    private async ValueTask<bool> WaitAsync(Task<bool> next)
    {
        _pending = next;
        try
        {
            return await next.WaitAsync(_timeout, _timeProvider, _cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!next.IsCompleted)
        {
            throw new StageTimeoutException(_stage, _timeout);
        }
    }

    private async Task ReleaseAsync(Task pending)
    {
        await pending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await _items.DisposeAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The stream is no longer read, so errors of disposal are ignored.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
        _stop.Dispose();
    }
}
