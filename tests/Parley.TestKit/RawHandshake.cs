using System.Text;

namespace Parley.TestKit;

/// <summary>Performs the WebSocket upgrade by hand, for tests that send frames which no WebSocket library sends.</summary>
public static class RawHandshake
{
    /// <summary>Far more than Kestrel's response to an upgrade.</summary>
    private const int MaxHeadBytes = 16 << 10;

    /// <returns>An upgraded connection at the first byte after the response head.</returns>
    /// <exception cref="ExpectationException">The server answered with something other than 101.</exception>
    public static async Task<Stream> OpenRawWebSocketAsync(
        this InMemoryHost host, string pathAndQuery, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(host);
        var stream = await host.OpenRawStreamAsync();
        await UpgradeAsync(stream, host.BaseAddress.Authority, pathAndQuery, cancellationToken);
        return stream;
    }

    /// <summary>Upgrades an open connection; afterwards it is at the first byte after the response head.</summary>
    /// <exception cref="ExpectationException">The server answered with something other than 101.</exception>
    public static async Task UpgradeAsync(Stream stream, string host, string pathAndQuery, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var request =
            $"GET {pathAndQuery} HTTP/1.1\r\nHost: {host}\r\n" +
            "Connection: Upgrade\r\nUpgrade: websocket\r\n" +
            $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {Convert.ToBase64String("parley-test-kit!"u8)}\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), cancellationToken);
        var head = await Expect.WithinAsync(
            ReadHeadAsync(stream, cancellationToken), "the head of the upgrade response", cancellationToken);
        if (!head.StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal))
            throw new ExpectationException($"Expected an upgrade of {pathAndQuery}, got:\n{head}");
    }

    // Byte by byte, because what follows the head belongs to the caller.
    private static async Task<string> ReadHeadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var head = new byte[MaxHeadBytes];
        var length = 0;
        while (!head.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
            await stream.ReadExactlyAsync(head.AsMemory(length++, 1), cancellationToken);
        return Encoding.ASCII.GetString(head, 0, length);
    }
}
