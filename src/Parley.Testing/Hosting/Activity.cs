namespace Parley.Testing.Hosting;

/// <summary>A count of what happens, to notice that nothing happens any more.</summary>
internal sealed class Activity
{
    private long _count;

    internal long Total => Volatile.Read(ref _count);

    internal void Count() => Interlocked.Increment(ref _count);
}
