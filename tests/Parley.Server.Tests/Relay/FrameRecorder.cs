using System.Net.WebSockets;
using System.Text;

namespace Parley.Server.Tests.Relay;

/// <summary>Records every message of a host, byte for byte.</summary>
internal sealed class FrameRecorder : ILiveWireObserver
{
    public EventLog<SeenFrame> Frames { get; } = new();

    public void Observe(string connectionId, LiveDirection direction, WebSocketMessageType type, ReadOnlySpan<byte> payload) =>
        Frames.Add(new SeenFrame(connectionId, direction, type, payload.ToArray()));

    public IReadOnlyList<SeenFrame> Of(LiveDirection direction) =>
        [.. Frames.Snapshot.Where(frame => frame.Direction == direction && frame.Type != WebSocketMessageType.Close)];
}

internal sealed record SeenFrame(string ConnectionId, LiveDirection Direction, WebSocketMessageType Type, byte[] Payload)
{
    public string Text => Encoding.UTF8.GetString(Payload);
}
