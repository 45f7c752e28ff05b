using System.Buffers.Binary;
using System.Net.Sockets;
using Parley.TestKit;

namespace Parley.EndToEnd.Harness;

/// <summary>A hand-written WebSocket client that sends frames no library would send, half a frame, or nothing.</summary>
internal sealed class RawPeer : IDisposable
{
    private const int MaskBytes = 4;

    private readonly TcpClient _client;

    private RawPeer(TcpClient client) => _client = client;

    /// <summary>Connects and upgrades.</summary>
    public static async Task<RawPeer> ConnectAsync(Uri address, string pathAndQuery, CancellationToken cancellationToken)
    {
        var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, cancellationToken);
        await RawHandshake.UpgradeAsync(client.GetStream(), address.Authority, pathAndQuery, cancellationToken);
        return new RawPeer(client);
    }

    /// <summary>Builds a frame that may announce more than it contains. Its mask is zero, so the payload is in clear.</summary>
    /// <param name="head">FIN, the reserved bits and the opcode: 0x81 is a whole text message.</param>
    /// <param name="payload">The bytes to send.</param>
    /// <param name="announced">Length in the header; null = length of the payload.</param>
    public static byte[] Frame(byte head, ReadOnlySpan<byte> payload, int? announced = null)
    {
        const int HeadBytes = 2 + sizeof(ulong);
        var frame = new byte[HeadBytes + MaskBytes + payload.Length];
        frame[0] = head;
        frame[1] = 0x80 | 127;
        BinaryPrimitives.WriteUInt64BigEndian(frame.AsSpan(2), (ulong)(announced ?? payload.Length));
        payload.CopyTo(frame.AsSpan(HeadBytes + MaskBytes));
        return frame;
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        _client.GetStream().WriteAsync(bytes, cancellationToken);

    /// <summary>Reads everything until the server ends the connection, in an orderly way or by a reset.</summary>
    public async Task<byte[]> ReadToEndAsync(CancellationToken cancellationToken)
    {
        var received = new MemoryStream();
        try
        {
            await Expect.WithinAsync(
                _client.GetStream().CopyToAsync(received, cancellationToken), "the server ends the connection", cancellationToken);
        }
        catch (IOException)
        {
            // A reset is an end too; return what arrived before it.
        }

        return received.ToArray();
    }

    public void Dispose() => _client.Dispose();
}
