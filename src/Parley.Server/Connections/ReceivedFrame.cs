using System.Buffers;
using System.Net.WebSockets;

namespace Parley.Server;

/// <summary>What came from the client: one whole message in a rented buffer, or the end. Whoever gets it disposes it once.</summary>
internal readonly struct ReceivedFrame(byte[]? buffer, int length, WebSocketMessageType type, LiveClose? refusal = null, InputBudget? budget = null) : IDisposable
{
    internal static ReceivedFrame Close => new(null, 0, WebSocketMessageType.Close);

    internal WebSocketMessageType Type => type;

    /// <summary>The message breaks a limit; it was not read to its end.</summary>
    internal LiveClose? Refusal => refusal;

    internal int Length => length;

    internal ReadOnlySpan<byte> Payload => buffer.AsSpan(0, length);

    /// <summary>The payload; until disposal.</summary>
    internal ReadOnlyMemory<byte> Memory => buffer.AsMemory(0, length);

    public void Dispose()
    {
        if (buffer is null)
            return;
        budget?.Return(buffer.Length);
        ArrayPool<byte>.Shared.Return(buffer);
    }
}
