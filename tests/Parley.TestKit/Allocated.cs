namespace Parley.TestKit;

/// <summary>Measures what code allocates on its thread.</summary>
public static class Allocated
{
    private const int Rounds = 5;

    /// <summary>
    /// Bytes that <paramref name="times"/> calls allocate after a warm-up: the minimum of several rounds. The runtime itself allocates on
    /// any thread now and then (first use of a type, a collection); the code under test allocates in every round.
    /// </summary>
    public static long Least(int times, Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        var least = long.MaxValue;
        for (var round = 0; round <= Rounds && least > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < times; i++)
                action();
            var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            if (round > 0)
                least = Math.Min(least, bytes);
        }
        return least;
    }
}
