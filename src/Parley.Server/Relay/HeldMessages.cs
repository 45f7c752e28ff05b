using System.Buffers;
using System.Net.WebSockets;

namespace Parley.Server.Relay;

/// <summary>
/// What a client says while its upstream is replaced. Tool responses come out first, all else in its order. Beyond the bound the oldest sound or
/// picture goes; what is neither is never dropped. Not for concurrent use.
/// </summary>
internal sealed class HeldMessages(int maxBytes)
{
    private readonly Queue<HeldMessage> _tools = [];
    private readonly LinkedList<HeldMessage> _rest = [];
    private HeldMessage? _first;

    internal int Bytes { get; private set; }

    internal int Count => _tools.Count + _rest.Count + (_first is null ? 0 : 1);

    /// <summary>Even without sound it is over the bound: the client has to wait.</summary>
    internal bool IsFull => Bytes > maxBytes;

    /// <summary>Keeps a copy.</summary>
    /// <returns>How many frames were dropped for it.</returns>
    internal int Add(ReadOnlySpan<byte> frame, WebSocketMessageType type, MessageKind kind)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(1, frame.Length));
        frame.CopyTo(buffer);
        var held = new HeldMessage(buffer, frame.Length, type, kind);
        Bytes += held.Length;
        if (kind == MessageKind.Tool)
            _tools.Enqueue(held);
        else
            _rest.AddLast(held);
        return Bytes > maxBytes ? DropMedia() : 0;
    }

    /// <summary>Puts back what could not be sent; it comes out before all others.</summary>
    internal void PutBack(HeldMessage frame)
    {
        _first = frame;
        Bytes += frame.Length;
    }

    internal bool TryTake(out HeldMessage frame)
    {
        if (_first is { } first)
            (frame, _first) = (first, null);
        else if (!_tools.TryDequeue(out frame!))
        {
            if (_rest.First is not { } oldest)
                return false;
            frame = oldest.Value;
            _rest.RemoveFirst();
        }
        Bytes -= frame.Length;
        return true;
    }

    internal void Clear()
    {
        while (TryTake(out var frame))
            frame.Release();
    }

    private int DropMedia()
    {
        var dropped = 0;
        for (var node = _rest.First; node is not null && Bytes > maxBytes;)
        {
            var next = node.Next;
            if (node.Value.IsMedia)
            {
                _rest.Remove(node);
                Bytes -= node.Value.Length;
                node.Value.Release();
                dropped++;
            }
            node = next;
        }
        return dropped;
    }
}

/// <summary>A frame that waits, in a rented buffer.</summary>
internal sealed class HeldMessage(byte[] buffer, int length, WebSocketMessageType type, MessageKind kind)
{
    internal int Length => length;

    internal WebSocketMessageType Type => type;

    internal MessageKind Kind => kind;

    internal bool IsMedia => kind is MessageKind.Audio or MessageKind.Video;

    internal ReadOnlyMemory<byte> Payload => buffer.AsMemory(0, length);

    internal void Release() => ArrayPool<byte>.Shared.Return(buffer);
}
