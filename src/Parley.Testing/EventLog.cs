namespace Parley.Testing;

/// <summary>An ordered log of what passed a place in the code: messages, log entries, events. Any thread may add and wait.</summary>
public sealed class EventLog<T>
{
    private readonly Lock _gate = new();
    private readonly List<T> _items = [];
    private readonly List<Waiter> _waiters = [];
    private Exception? _end;

    /// <summary>A copy of everything so far.</summary>
    public IReadOnlyList<T> Snapshot
    {
        get
        {
            lock (_gate)
                return [.. _items];
        }
    }

    /// <summary>Adds an item, and ends the waits that it matches.</summary>
    public void Add(T item)
    {
        lock (_gate)
        {
            _items.Add(item);
            _waiters.RemoveAll(waiter => waiter.Take(item));
        }
    }

    /// <summary>Forgets the items so far.</summary>
    public void Clear()
    {
        lock (_gate)
            _items.Clear();
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

    /// <summary>Waits for the first item that matches, whether it is in the log already or not.</summary>
    public Task<T> FirstAsync(Func<T, bool> matches, string expected, CancellationToken cancellationToken = default) =>
        WaitAsync(matches, expected, from: 0, cancellationToken);

    /// <summary>
    /// Waits for the next item that matches and ignores those already in the log. The wait is armed when the call returns:
    /// keep the task, cause the event, await the task.
    /// </summary>
    public Task<T> NextAsync(Func<T, bool> matches, string expected, CancellationToken cancellationToken = default) =>
        WaitAsync(matches, expected, from: int.MaxValue, cancellationToken);

    private async Task<T> WaitAsync(Func<T, bool> matches, string expected, int from, CancellationToken cancellationToken)
    {
        Waiter waiter;
        lock (_gate)
        {
            foreach (var item in _items.Skip(from))
            {
                if (matches(item))
                    return item;
            }

            if (_end is not null)
                throw Ended(expected);
            waiter = new Waiter(matches, expected);
            _waiters.Add(waiter);
        }

        try
        {
            return await Expect.WithinAsync(waiter.Source.Task, expected, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
                _waiters.Remove(waiter);
        }
    }

    private ExpectationException Ended(string expected) =>
        new($"Expected {expected}, but the log ended after {_items.Count} items: {_end!.Message}", _end);

    private sealed class Waiter(Func<T, bool> matches, string expected)
    {
        public TaskCompletionSource<T> Source { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Expected { get; } = expected;

        /// <returns>True if the wait is over. A predicate that throws fails its own wait, not the thread that adds.</returns>
        public bool Take(T item)
        {
            try
            {
                return matches(item) && Source.TrySetResult(item);
            }
            catch (Exception e)
            {
                return Source.TrySetException(e);
            }
        }
    }
}
