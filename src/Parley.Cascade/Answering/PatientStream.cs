namespace Parley.Cascade.Answering;

/// <summary>
/// Reads what an engine yields, and waits a bounded time for each item. An engine that does not come back when it is cancelled is left
/// behind: its items are dropped, and it is disposed of when it returns, should it ever.
/// </summary>
internal sealed class PatientStream<T> : IAsyncDisposable
{
    private readonly string _stage;
    private readonly TimeSpan _patience;
    private readonly TimeProvider _timeProvider;
    private readonly CancellationToken _cancellationToken;
    private readonly CancellationTokenSource _stop;
    private readonly IAsyncEnumerator<T> _items;
    private Task<bool>? _pending;

    internal PatientStream(
        Func<CancellationToken, IAsyncEnumerable<T>> open, string stage, TimeSpan patience, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        (_stage, _patience, _timeProvider, _cancellationToken) = (stage, patience, timeProvider, cancellationToken);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _items = open(_stop.Token).GetAsyncEnumerator(_stop.Token);
    }

    internal T Current => _items.Current;

    /// <exception cref="StageStalledException">Nothing came in time.</exception>
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
            _ = LetGoAsync(_pending);
        else
            await LetGoAsync(Task.CompletedTask).ConfigureAwait(false);
    }

    private async ValueTask<bool> WaitAsync(Task<bool> next)
    {
        _pending = next;
        try
        {
            return await next.WaitAsync(_patience, _timeProvider, _cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!next.IsCompleted)
        {
            throw new StageStalledException(_stage, _patience);
        }
    }

    private async Task LetGoAsync(Task pending)
    {
        await pending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await _items.DisposeAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Nobody reads this stream any more.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
        _stop.Dispose();
    }
}
