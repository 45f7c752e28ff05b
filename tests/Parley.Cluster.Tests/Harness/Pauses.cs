namespace Parley.Cluster.Tests.Harness;

/// <summary>Stops models and functions in the middle of what they do, until a test lets them go on.</summary>
internal sealed class Pauses
{
    private readonly EventLog<int> _paused = new();
    private volatile TaskCompletionSource? _hold;
    private int _count;

    /// <summary>Pauses whoever comes from now on.</summary>
    public void Hold()
    {
        _paused.Clear();
        _count = 0;
        _hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Waits until a number of them are paused.</summary>
    public Task WhenPausedAsync(int number, CancellationToken cancellationToken) =>
        _paused.FirstAsync(count => count >= number, $"{number} answers and functions are in the middle", cancellationToken);

    public void Release() => Interlocked.Exchange(ref _hold, null)?.SetResult();

    /// <summary>The place at which a model or function may be stopped.</summary>
    public async Task PassAsync(CancellationToken cancellationToken)
    {
        if (_hold is not { } hold)
            return;
        _paused.Add(Interlocked.Increment(ref _count));
        await hold.Task.WaitAsync(cancellationToken);
    }
}
