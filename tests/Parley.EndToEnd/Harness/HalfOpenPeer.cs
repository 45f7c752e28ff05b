using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Parley.TestKit;

namespace Parley.EndToEnd.Harness;

/// <summary>A WebSocket client by hand that upgrades and then does as little as it likes.</summary>
internal sealed class HalfOpenPeer : IDisposable
{
    private readonly TcpClient client;

    private HalfOpenPeer(TcpClient client) => this.client = client;

    public static async Task<HalfOpenPeer> ConnectAsync(Uri address, string pathAndQuery, CancellationToken cancellationToken)
    {
        var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, cancellationToken);
        var peer = new HalfOpenPeer(client);
        await peer.SendAsync(
            Encoding.ASCII.GetBytes(
                $"GET {pathAndQuery} HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
                $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {Convert.ToBase64String("parley-half-open"u8)}\r\n\r\n"),
            cancellationToken);
        var status = new byte["HTTP/1.1 101"u8.Length];
        await Expect.WithinAsync(client.GetStream().ReadExactlyAsync(status, cancellationToken).AsTask(), "the answer to an upgrade", cancellationToken);
        return status.AsSpan().SequenceEqual("HTTP/1.1 101"u8)
            ? peer
            : throw new ExpectationException($"Expected an upgrade of {pathAndQuery}, got '{Encoding.ASCII.GetString(status)}'.");
    }

    /// <summary>The head of a text frame that announces more than the bytes that follow. The mask is zero, so the payload reads as it is.</summary>
    public static byte[] StartOfTextFrame(int payloadBytes, string beginning)
    {
        var frame = new byte[14 + Encoding.UTF8.GetByteCount(beginning)];
        frame[0] = 0x81;
        frame[1] = 0x80 | 127;
        BinaryPrimitives.WriteUInt64BigEndian(frame.AsSpan(2), (ulong)payloadBytes);
        Encoding.UTF8.GetBytes(beginning, frame.AsSpan(14));
        return frame;
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => client.GetStream().WriteAsync(bytes, cancellationToken);

    /// <summary>Done when the server has ended the connection, politely or not.</summary>
    public async Task ReadToEndAsync(CancellationToken cancellationToken)
    {
        try
        {
            await client.GetStream().CopyToAsync(Stream.Null, cancellationToken);
        }
        catch (IOException)
        {
            // Reset by the server: the end we wait for.
        }
    }

    public void Dispose() => client.Dispose();
}
