using System.Text;
using Parley.Server.Access;
using Parley.Server.Relay;
using Parley.Server.Tests.Sockets;

namespace Parley.Server.Tests.Relay;

public class UpstreamHandshakeTests
{
    private const string Head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Bytes_after_the_upgrade_response_are_returned_by_Take(int seed)
    {
        var streams = new StreamPair(seed);
        var random = new Random(seed);
        await streams.Client.WriteAsync(Encoding.ASCII.GetBytes(Head + "the first frame\r\n\r\n"));
        await streams.Client.DisposeAsync();
        await using var handshake = new UpstreamHandshake(streams.Server);

        var head = new StringBuilder();
        var buffer = new byte[200];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            head.Append(Encoding.ASCII.GetString(buffer, 0, await handshake.ReadAsync(buffer.AsMemory(0, random.Next(1, buffer.Length)))));
        var (rest, early) = handshake.Take();

        Assert.Equal(Head, head.ToString());
        using var reader = new StreamReader(rest);
        Assert.Equal("the first frame\r\n\r\n", Encoding.ASCII.GetString(early) + await reader.ReadToEndAsync());
    }

    [Fact]
    public async Task Response_other_than_an_upgrade_is_read_completely()
    {
        const string Refusal = "HTTP/1.1 403 Forbidden\r\nContent-Length: 12\r\n\r\nno\r\n\r\nno!no";
        var streams = new StreamPair();
        await streams.Client.WriteAsync(Encoding.ASCII.GetBytes(Refusal));
        await streams.Client.DisposeAsync();
        await using var handshake = new UpstreamHandshake(streams.Server);

        using var reader = new StreamReader(handshake);
        Assert.Equal(Refusal, await reader.ReadToEndAsync());
    }
}
