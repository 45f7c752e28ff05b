namespace Parley.Server.Sockets;

/// <summary>
/// Memory limit of all incomplete messages together. Small messages are not counted; a large one must reserve memory before its buffer grows, so that ten
/// thousand clients with half a message each cannot exhaust the memory of the server.
/// </summary>
internal sealed class InputBudget(long maxBytes)
{
    private long _used;

    internal long UsedBytes => Volatile.Read(ref _used);

    internal bool TryReserve(int bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= maxBytes)
            return true;
        Return(bytes);
        return false;
    }

    /// <summary>Adds to an existing reservation, without a check.</summary>
    internal void AddReserved(int bytes) => Interlocked.Add(ref _used, bytes);

    internal void Return(int bytes) => Interlocked.Add(ref _used, -bytes);
}
