namespace Parley.TestKit;

/// <summary>What code allocates on its thread.</summary>
public static class Allocated
{
    private const int Rounds = 5;

    /// <summary>
    /// Bytes that <paramref name="times"/> calls allocate once warm: the least of some rounds, because the runtime itself allocates on any thread now
    /// and then (a type that is first used, a collection in between). What the code allocates, it allocates in every round.
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
