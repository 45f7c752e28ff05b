namespace Parley.TestKit;

/// <summary>
/// A place where the code under test stops until the test lets it go on. The code calls <see cref="PassAsync"/>, the test
/// awaits <see cref="ReachedAsync"/>, changes the world and calls <see cref="Release"/>. Once released it stays open.
/// </summary>
/// <param name="name">The place, in the words of a time-out message: "the write of the second frame".</param>
public sealed class SyncPoint(string name)
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether the code under test has come here at least once.</summary>
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
