using System.Diagnostics;

namespace Parley.Testing;

/// <summary>Awaits with a bound in real time. The bound only ends a hung test; it is far above what any step needs.</summary>
public static class Expect
{
    /// <summary>30 s; no bound while a debugger is attached.</summary>
    public static TimeSpan Bound { get; } = Debugger.IsAttached ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(30);

    /// <summary>Waits for a task.</summary>
    /// <param name="task">Its failure is the failure of the call.</param>
    /// <param name="expected">What should happen, as the rest of "Expected within 30 s: …".</param>
    /// <param name="cancellationToken">Ends the wait, not the task.</param>
    /// <exception cref="ExpectationException">The task did not end within <see cref="Bound"/>.</exception>
    public static Task WithinAsync(Task task, string expected, CancellationToken cancellationToken = default) =>
        WithinAsync(task, expected, Bound, cancellationToken);

    /// <inheritdoc cref="WithinAsync(Task, string, CancellationToken)"/>
    public static async Task<T> WithinAsync<T>(Task<T> task, string expected, CancellationToken cancellationToken = default)
    {
        await WithinAsync(task, expected, Bound, cancellationToken).ConfigureAwait(false);
        return await task.ConfigureAwait(false);
    }

    /// <inheritdoc cref="WithinAsync(Task, string, CancellationToken)"/>
    /// <param name="task">Its failure is the failure of the call.</param>
    /// <param name="expected">What should happen, as the rest of "Expected within 30 s: …".</param>
    /// <param name="bound">In real time, instead of <see cref="Bound"/>.</param>
    /// <param name="cancellationToken">Ends the wait, not the task.</param>
    public static async Task WithinAsync(Task task, string expected, TimeSpan bound, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        try
        {
            await task.WaitAsync(bound, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException e) when (!task.IsCompleted)
        {
            throw new ExpectationException($"Expected within {bound.TotalSeconds:0.###} s: {expected}.", e);
        }
    }
}
