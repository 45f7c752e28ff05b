using System.Buffers.Binary;
using System.Text;
using Parley.TestKit;

namespace Parley.Server.Tests.Support;

/// <summary>A client for frames that no library sends. Its masks are zero, so payloads are unchanged in the frames.</summary>
internal sealed class RawClient : IAsyncDisposable
{
    internal const byte Text = 0x81, TextBegins = 0x01, Continues = 0x00, Ping = 0x89;

    private readonly Stream _stream;

    private RawClient(Stream stream) => _stream = stream;

    public static async Task<RawClient> ConnectAsync(InMemoryHost host) => new(await host.OpenRawWebSocketAsync($"{LiveTestHost.Path}?key={LiveTestHost.Key}"));

    /// <summary>Connects and sends the setup.</summary>
    public static async Task<RawClient> OpenAsync(InMemoryHost host)
    {
        var client = await ConnectAsync(host);
        await client.SendAsync(Frame(Text, Encoding.UTF8.GetBytes(LiveTestHost.Setup)));
        await client.ReadFrameAsync();
        return client;
    }

    public static byte[] Frame(byte head, ReadOnlySpan<byte> payload, int? announced = null)
    {
        var frame = new byte[14 + payload.Length];
        frame[0] = head;
        frame[1] = 0x80 | 127;
        BinaryPrimitives.WriteUInt64BigEndian(frame.AsSpan(2), (ulong)(announced ?? payload.Length));
        payload.CopyTo(frame.AsSpan(14));
        return frame;
    }

    public Task SendAsync(ReadOnlyMemory<byte> bytes) => Expect.WithinAsync(_stream.WriteAsync(bytes).AsTask(), "the server takes some bytes");

    /// <summary>Sends the same bytes until the server disconnects.</summary>
    public async Task FloodAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (true)
                await SendAsync(bytes);
        }
        catch (IOException)
        {
            // The expected end.
        }
    }

    /// <summary>Reads until the server's close, and returns its code.</summary>
    public async Task<int> ReadCloseAsync()
    {
        while (true)
        {
            var (opcode, payload) = await ReadFrameAsync();
            if (opcode == 8)
                return BinaryPrimitives.ReadUInt16BigEndian(payload);
        }
    }

    /// <summary>Reads and discards until the connection has ended.</summary>
    public async Task ReadToEndAsync()
    {
        try
        {
            await Expect.WithinAsync(_stream.CopyToAsync(Stream.Null), "the server ends the connection");
        }
        catch (IOException)
        {
            // A reset is an end, too.
        }
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    public async Task<(int Opcode, byte[] Payload)> ReadFrameAsync()
    {
        var head = await ReadAsync(2);
        var length = head[1] switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(await ReadAsync(2)),
            127 => (int)BinaryPrimitives.ReadUInt64BigEndian(await ReadAsync(8)),
            var small => small,
        };
        return (head[0] & 0x0f, await ReadAsync(length));
    }

    private async Task<byte[]> ReadAsync(int length)
    {
        var bytes = new byte[length];
        await Expect.WithinAsync(_stream.ReadExactlyAsync(bytes).AsTask(), "bytes of the server");
        return bytes;
    }
}
