using System.Buffers;
using System.Net.WebSockets;

namespace Parley.Server.Sockets;

/// <summary>One received message, or the close. Its receiver must dispose it once.</summary>
internal readonly struct ReceivedMessage(
    ReadOnlyMemory<byte> payload, WebSocketMessageType type, LiveClose? refusal = null, byte[]? rented = null, InputBudget? budget = null) : IDisposable
{
    internal static ReceivedMessage Close => new(default, WebSocketMessageType.Close);

    internal WebSocketMessageType Type => type;

    /// <summary>The limit that the message exceeded; it was not read completely. Null = none.</summary>
    internal LiveClose? Refusal => refusal;

    internal int Length => payload.Length;

    internal ReadOnlySpan<byte> Payload => payload.Span;

    /// <summary>The payload; valid until the next receive, or until disposal after <see cref="ToOwned"/>.</summary>
    internal ReadOnlyMemory<byte> Memory => payload;

    /// <summary>The same message with memory of its own, valid until disposal. Do not use this one any more.</summary>
    internal ReceivedMessage ToOwned()
    {
        if (rented is not null || payload.IsEmpty)
            return this;
        var copy = ArrayPool<byte>.Shared.Rent(payload.Length);
        payload.CopyTo(copy);
        return new ReceivedMessage(copy.AsMemory(0, payload.Length), type, refusal, copy);
    }

    public void Dispose()
    {
        if (rented is null)
            return;
        budget?.Return(rented.Length);
        ArrayPool<byte>.Shared.Return(rented);
    }
}
