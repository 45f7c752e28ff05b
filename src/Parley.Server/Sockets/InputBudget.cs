namespace Parley.Server.Sockets;

/// <summary>
/// What all messages that are still coming in may hold together. A small one costs nothing here; a large one has to find room before its
/// buffer grows, so that ten thousand clients with half a message each do not take the memory of the server.
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

    /// <summary>Takes a little more of what was taken already.</summary>
    internal void AddReserved(int bytes) => Interlocked.Add(ref _used, bytes);

    internal void Return(int bytes) => Interlocked.Add(ref _used, -bytes);
}
