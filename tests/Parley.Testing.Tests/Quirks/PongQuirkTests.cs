using System.Text;
using Parley.Client;
using Parley.Testing.Wire;

namespace Parley.Testing.Tests.Quirks;

/// <summary>The quirk that no message shows.</summary>
public sealed class PongQuirkTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Late_pong_comes_after_fifteen_seconds_and_the_client_waits_longer()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.Quirks.Enable(Quirk.LatePongs);
        await using var stream = await server.Host.OpenRawStreamAsync();
        var key = Convert.ToBase64String(new byte[16]);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"GET /ws/google.ai.generativelanguage.v1.GenerativeService.BidiGenerateContent?key={server.ApiKey} HTTP/1.1\r\nHost: parley.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"), Cancellation);
        await ReadAsync("\r\n\r\n");

        await stream.WriteAsync(Frames.Encode(Frames.Text, isFinal: true, """{"setup":{"model":"models/gemini-3.8-live"}}"""u8, mask: 7), Cancellation);
        await ReadAsync("{}}");

        await stream.WriteAsync(Frames.Encode(Frames.Ping, isFinal: true, "late?"u8, mask: 7), Cancellation);
        var pong = ReadAsync("late?");
        await server.AdvanceAsync(TimeSpan.FromSeconds(14), Cancellation);
        Assert.False(pong.IsCompleted);
        await server.AdvanceAsync(TimeSpan.FromSeconds(1), Cancellation);

        Assert.Equal([0x8A, 5, .. "late?"u8], await Expect.WithinAsync(pong, "the pong", Cancellation));
        Assert.True(new LiveClientOptions().KeepAliveTimeout > TimeSpan.FromSeconds(15));
        Assert.Throws<ArgumentException>(() => server.CreateClient(static options => options.KeepAliveTimeout = TimeSpan.FromSeconds(15)));

        async Task<byte[]> ReadAsync(string end)
        {
            var (read, next) = (new List<byte>(), new byte[1]);
            while (!Encoding.Latin1.GetString([.. read]).EndsWith(end, StringComparison.Ordinal) && await stream.ReadAsync(next, Cancellation) > 0)
                read.Add(next[0]);
            return [.. read];
        }
    }
}
