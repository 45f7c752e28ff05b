using System.Buffers;
using System.Net.WebSockets;

namespace Parley.Server.Relay;

/// <summary>
/// Buffer of client messages during a rotation. Tool responses are sent first, everything else in its order. Beyond the limit the oldest audio and
/// pictures are dropped, other messages never. Not for concurrent use.
/// </summary>
internal sealed class HeldMessages(int maxBytes)
{
    private readonly Queue<HeldMessage> _tools = [];
    private readonly LinkedList<HeldMessage> _rest = [];
    private HeldMessage? _first;

    internal int Bytes { get; private set; }

    internal int Count => _tools.Count + _rest.Count + (_first is null ? 0 : 1);

    /// <summary>Over the limit even after dropping media: the client has to wait.</summary>
    internal bool IsFull => Bytes > maxBytes;

    /// <summary>Adds a copy of a message.</summary>
    /// <returns>Number of messages dropped for it.</returns>
    internal int Add(ReadOnlySpan<byte> message, WebSocketMessageType type, MessageKind kind)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(1, message.Length));
        message.CopyTo(buffer);
        var held = new HeldMessage(buffer, message.Length, type, kind);
        Bytes += held.Length;
        if (kind == MessageKind.Tool)
            _tools.Enqueue(held);
        else
            _rest.AddLast(held);
        return Bytes > maxBytes ? DropMedia() : 0;
    }

    /// <summary>Puts back a message that could not be sent; it is taken first.</summary>
    internal void PutBack(HeldMessage message)
    {
        _first = message;
        Bytes += message.Length;
    }

    internal bool TryTake(out HeldMessage message)
    {
        if (_first is { } first)
            (message, _first) = (first, null);
        else if (!_tools.TryDequeue(out message!))
        {
            if (_rest.First is not { } oldest)
                return false;
            message = oldest.Value;
            _rest.RemoveFirst();
        }
        Bytes -= message.Length;
        return true;
    }

    internal void Clear()
    {
        while (TryTake(out var message))
            message.Release();
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

/// <summary>A held message in a rented buffer.</summary>
internal sealed class HeldMessage(byte[] buffer, int length, WebSocketMessageType type, MessageKind kind)
{
    internal int Length => length;

    internal WebSocketMessageType Type => type;

    internal MessageKind Kind => kind;

    internal bool IsMedia => kind is MessageKind.Audio or MessageKind.Video;

    internal ReadOnlyMemory<byte> Payload => buffer.AsMemory(0, length);

    internal void Release() => ArrayPool<byte>.Shared.Return(buffer);
}
