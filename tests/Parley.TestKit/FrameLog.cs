namespace Parley.TestKit;

/// <summary>What passed some place, in order: frames, log entries, events. Any thread may add and wait.</summary>
public sealed class FrameLog<TFrame>
{
    private readonly Lock gate = new();
    private readonly List<TFrame> frames = [];
    private readonly List<Waiter> waiters = [];
    private Exception? end;

    /// <summary>A copy of everything so far.</summary>
    public IReadOnlyList<TFrame> Snapshot
    {
        get
        {
            lock (gate)
            {
                return [.. frames];
            }
        }
    }

    public void Add(TFrame frame)
    {
        lock (gate)
        {
            frames.Add(frame);
            waiters.RemoveAll(waiter => waiter.Take(frame));
        }
    }

    /// <summary>Nothing will come any more: who still waits fails, and so does who waits from now on.</summary>
    public void Complete(Exception? reason = null)
    {
        lock (gate)
        {
            end ??= reason ?? new ExpectationException("the log was completed");
            foreach (var waiter in waiters)
            {
                waiter.Source.SetException(Ended(waiter.Expected));
            }

            waiters.Clear();
        }
    }

    /// <summary>The first frame that matches, be it here already or still to come.</summary>
    public Task<TFrame> FirstAsync(Func<TFrame, bool> matches, string expected, CancellationToken cancellationToken = default) =>
        WaitAsync(matches, expected, from: 0, cancellationToken);

    /// <summary>
    /// The next frame that matches, not looking at those already here. The wait is armed when the call returns:
    /// take the task, pull the trigger, await the task.
    /// </summary>
    public Task<TFrame> NextAsync(Func<TFrame, bool> matches, string expected, CancellationToken cancellationToken = default) =>
        WaitAsync(matches, expected, from: int.MaxValue, cancellationToken);

    private async Task<TFrame> WaitAsync(Func<TFrame, bool> matches, string expected, int from, CancellationToken cancellationToken)
    {
        Waiter waiter;
        lock (gate)
        {
            foreach (var frame in frames.Skip(from))
            {
                if (matches(frame))
                {
                    return frame;
                }
            }

            if (end is not null)
            {
                throw Ended(expected);
            }

            waiter = new Waiter(matches, expected);
            waiters.Add(waiter);
        }

        try
        {
            return await Expect.WithinAsync(waiter.Source.Task, expected, cancellationToken);
        }
        finally
        {
            lock (gate)
            {
                waiters.Remove(waiter);
            }
        }
    }

    private ExpectationException Ended(string expected) =>
        new($"Expected {expected}, but nothing comes any more after {frames.Count} frames: {end!.Message}", end);

    private sealed class Waiter(Func<TFrame, bool> matches, string expected)
    {
        public TaskCompletionSource<TFrame> Source { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Expected { get; } = expected;

        /// <returns>Whether the wait is over. A predicate that throws fails its own wait, and not the thread that adds.</returns>
        public bool Take(TFrame frame)
        {
            try
            {
                return matches(frame) && Source.TrySetResult(frame);
            }
            catch (Exception e)
            {
                return Source.TrySetException(e);
            }
        }
    }
}
