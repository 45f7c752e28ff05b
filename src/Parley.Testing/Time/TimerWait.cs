namespace Parley.Testing.Time;

/// <summary>A wait for timers to be armed.</summary>
internal sealed class TimerWait(Func<PendingTimer, bool> matches, int count)
{
    private readonly TaskCompletionSource<PendingTimer> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<PendingTimer> Task => _source.Task;

    /// <returns>True if the wait is over. A predicate that throws fails its own wait, not the code that arms a timer.</returns>
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
