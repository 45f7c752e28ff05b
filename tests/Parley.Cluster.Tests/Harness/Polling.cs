namespace Parley.Cluster.Tests.Harness;

/// <summary>Waits for what other processes do, where they give no sign of it.</summary>
internal static class Polling
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50), Longest = TimeSpan.FromMinutes(1);

    /// <summary>Asks again and again, for a minute at most.</summary>
    public static Task UntilAsync(Func<Task<bool>> isSo, string expected) => UntilAsync(isSo, () => expected);

    /// <inheritdoc cref="UntilAsync(Func{Task{bool}}, string)"/>
    public static async Task UntilAsync(Func<Task<bool>> isSo, Func<string> expected)
    {
        using var timeoutCts = new CancellationTokenSource(Longest);
        while (!await isSo())
        {
            if (timeoutCts.IsCancellationRequested)
                throw new ExpectationException($"Expected within {Longest.TotalSeconds:0} s: {expected()}.");
            await Task.Delay(Interval, TimeProvider.System, CancellationToken.None);
        }
    }
}
