namespace Parley.TestKit.Internal;

/// <summary>A test that waits until timers are armed.</summary>
internal sealed class TimerWait(Func<PendingTimer, bool> matches, int count)
{
    private readonly TaskCompletionSource<PendingTimer> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<PendingTimer> Task => _source.Task;

    /// <returns>Whether the wait is over. A predicate that throws fails its own wait, and not the code that arms a timer.</returns>
    public bool Check(IReadOnlyList<PendingTimer> timers)
    {
        try
        {
            return timers.Where(matches).Skip(count - 1).Cast<PendingTimer?>().FirstOrDefault() is { } last && _source.TrySetResult(last);
        }
        catch (Exception e)
        {
            return _source.TrySetException(e);
        }
    }
}
