namespace Parley.TestKit;

/// <summary>
/// A point at which the code under test stops until the test releases it. The code calls <see cref="PassAsync"/>, the test
/// awaits <see cref="ReachedAsync"/>, makes its changes and calls <see cref="Release"/>. Once released it stays open.
/// </summary>
/// <param name="name">Name of the point in the message of a time-out: "the write of the second frame".</param>
public sealed class SyncPoint(string name)
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether the code under test has reached this point at least once.</summary>
    public bool IsReached => _reached.Task.IsCompleted;

    public Task PassAsync(CancellationToken cancellationToken = default)
    {
        _reached.TrySetResult();
        return Expect.WithinAsync(_released.Task, $"the test releases {name}", cancellationToken);
    }

    public Task ReachedAsync(CancellationToken cancellationToken = default) =>
        Expect.WithinAsync(_reached.Task, $"the code under test reaches {name}", cancellationToken);

    public void Release() => _released.TrySetResult();
}
