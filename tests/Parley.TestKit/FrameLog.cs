namespace Parley.TestKit;

/// <summary>An ordered log of what passed a place in the code: messages, log entries, events. Any thread may add and wait.</summary>
public sealed class FrameLog<TFrame>
{
    private readonly Lock _gate = new();
    private readonly List<TFrame> _frames = [];
    private readonly List<Waiter> _waiters = [];
    private Exception? _end;

    /// <summary>A copy of everything so far.</summary>
    public IReadOnlyList<TFrame> Snapshot
    {
        get
        {
            lock (_gate)
                return [.. _frames];
        }
    }

    public void Add(TFrame frame)
    {
        lock (_gate)
        {
            _frames.Add(frame);
            _waiters.RemoveAll(waiter => waiter.Take(frame));
        }
    }

    /// <summary>Ends the log: all pending and later waits fail.</summary>
    public void Complete(Exception? reason = null)
    {
        lock (_gate)
        {
            _end ??= reason ?? new ExpectationException("the log was completed");
            foreach (var waiter in _waiters)
                waiter.Source.SetException(Ended(waiter.Expected));
            _waiters.Clear();
        }
    }

    /// <summary>Waits for the first frame that matches, whether it is in the log already or not.</summary>
    public Task<TFrame> FirstAsync(Func<TFrame, bool> matches, string expected, CancellationToken cancellationToken = default) =>
        WaitAsync(matches, expected, from: 0, cancellationToken);

    /// <summary>
    /// Waits for the next frame that matches and ignores those already in the log. The wait is armed when the call returns:
    /// keep the task, cause the event, await the task.
    /// </summary>
    public Task<TFrame> NextAsync(Func<TFrame, bool> matches, string expected, CancellationToken cancellationToken = default) =>
        WaitAsync(matches, expected, from: int.MaxValue, cancellationToken);

    private async Task<TFrame> WaitAsync(Func<TFrame, bool> matches, string expected, int from, CancellationToken cancellationToken)
    {
        Waiter waiter;
        lock (_gate)
        {
            foreach (var frame in _frames.Skip(from))
            {
                if (matches(frame))
                    return frame;
            }

            if (_end is not null)
                throw Ended(expected);
            waiter = new Waiter(matches, expected);
            _waiters.Add(waiter);
        }

        try
        {
            return await Expect.WithinAsync(waiter.Source.Task, expected, cancellationToken);
        }
        finally
        {
            lock (_gate)
                _waiters.Remove(waiter);
        }
    }

    private ExpectationException Ended(string expected) =>
        new($"Expected {expected}, but the log ended after {_frames.Count} frames: {_end!.Message}", _end);

    private sealed class Waiter(Func<TFrame, bool> matches, string expected)
    {
        public TaskCompletionSource<TFrame> Source { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Expected { get; } = expected;

        /// <returns>True if the wait is over. A predicate that throws fails its own wait, not the thread that adds.</returns>
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
