using System.Security.Cryptography;
using System.Text;

namespace Parley.Testing.Conformance.Sockets;

/// <summary>A WebSocket upgrade by hand: the request, and what the server answered.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Headers">Headers of the answer, names in lower case.</param>
/// <param name="Accept">The value that <c>sec-websocket-accept</c> must have.</param>
internal sealed record ProbeUpgrade(int Status, IReadOnlyDictionary<string, string> Headers, string Accept)
{
    private const int MaxHeadBytes = 32 << 10;

    /// <summary>Sends the request and reads the head of the answer; what follows stays in the stream.</summary>
    internal static async Task<ProbeUpgrade> SendAsync(
        Stream stream, string host, string target, IEnumerable<(string Name, string Value)> headers, CancellationToken cancellationToken)
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        var own = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["Host"] = host,
            ["Connection"] = "Upgrade",
            ["Upgrade"] = "websocket",
            ["Sec-WebSocket-Version"] = "13",
            ["Sec-WebSocket-Key"] = key,
        };
        foreach (var (name, value) in headers)
            own[name] = value;
        var request = new StringBuilder($"GET {target} HTTP/1.1\r\n");
        foreach (var (name, value) in own)
            request.Append(name).Append(": ").Append(value).Append("\r\n");
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request.Append("\r\n").ToString()), cancellationToken).ConfigureAwait(false);
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
#pragma warning disable CA5350 // SHA-1 is what RFC 6455 says.
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        return Parse(await ReadHeadAsync(stream, cancellationToken).ConfigureAwait(false), accept);
    }

    private static ProbeUpgrade Parse(string head, string accept)
    {
        var lines = head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var status = lines[0].Split(' ');
        if (status.Length < 2 || !status[0].StartsWith("HTTP/", StringComparison.Ordinal) || !int.TryParse(status[1], out var code))
            throw new IOException($"The answer to the upgrade is not HTTP: {lines[0]}");
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in lines.Skip(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
                headers[line[..colon].Trim().ToLowerInvariant()] = line[(colon + 1)..].Trim();
        }
        return new(code, headers, accept);
    }

    // Byte by byte, because what follows the head are frames.
    private static async Task<string> ReadHeadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var head = new byte[MaxHeadBytes];
        var length = 0;
        while (!head.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
        {
            if (length == head.Length)
                throw new IOException($"The answer to the upgrade has a head of more than {MaxHeadBytes} bytes.");
            await stream.ReadExactlyAsync(head.AsMemory(length++, 1), cancellationToken).ConfigureAwait(false);
        }
        return Encoding.UTF8.GetString(head, 0, length);
    }
}
