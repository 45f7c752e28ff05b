using System.Buffers;
using System.Net.WebSockets;
using Parley.Server.Access;

namespace Parley.Server.Sockets;

/// <summary>What came from the client: one whole message, or the end. Whoever gets it disposes it once.</summary>
internal readonly struct ReceivedMessage(
    ReadOnlyMemory<byte> payload, WebSocketMessageType type, LiveClose? refusal = null, byte[]? rented = null, InputBudget? budget = null) : IDisposable
{
    internal static ReceivedMessage Close => new(default, WebSocketMessageType.Close);

    internal WebSocketMessageType Type => type;

    /// <summary>The message breaks a limit; it was not read to its end.</summary>
    internal LiveClose? Refusal => refusal;

    internal int Length => payload.Length;

    internal ReadOnlySpan<byte> Payload => payload.Span;

    /// <summary>The payload; until disposal, or the next receive where it is not <see cref="ToOwned"/>.</summary>
    internal ReadOnlyMemory<byte> Memory => payload;

    /// <summary>The same, until disposal whatever is received meanwhile. This one is used up.</summary>
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
