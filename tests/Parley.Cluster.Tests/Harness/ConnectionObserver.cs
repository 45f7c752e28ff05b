using Parley.Client;

namespace Parley.Cluster.Tests.Harness;

/// <summary>Counts the connections of a call, and takes the times of those that resume it.</summary>
internal sealed class ConnectionObserver(Figures figures) : ILiveMessageObserver
{
    private long _setup, _waiting;
    private int _count;
    private volatile bool _isAsked;

    /// <summary>Connections on which the session has run.</summary>
    public int Count => Volatile.Read(ref _count);

    public void Asked() => _isAsked = true;

    public void Answered() => _isAsked = false;

    public void Sent(ReadOnlySpan<byte> message)
    {
        if (message.StartsWith("{\"setup\""u8))
            Volatile.Write(ref _setup, TimeProvider.System.GetTimestamp());
    }

    public void Received(ReadOnlySpan<byte> message)
    {
        if (message.StartsWith("{\"setupComplete\""u8))
        {
            if (Interlocked.Increment(ref _count) == 1)
                return;
            figures.Resumed.Add(TimeProvider.System.GetElapsedTime(Volatile.Read(ref _setup)));
            _waiting = _isAsked ? Volatile.Read(ref _setup) : 0;
        }
        else if (_waiting > 0 && (message.StartsWith("{\"serverContent\""u8) || message.StartsWith("{\"toolCall\""u8)))
        {
            figures.Continued.Add(TimeProvider.System.GetElapsedTime(_waiting));
            _waiting = 0;
        }
    }
}
