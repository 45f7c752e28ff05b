using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Parley.Testing;

/// <summary>A Live server to check.</summary>
public sealed class ConformanceTarget
{
    /// <param name="baseAddress">Its address: <c>http</c>, <c>https</c>, <c>ws</c> or <c>wss</c>. A path is put before the paths of the API.</param>
    /// <param name="apiKey">A key that it accepts; null = it needs none, and checks of credentials are skipped.</param>
    public ConformanceTarget(Uri baseAddress, string? apiKey)
    {
        ArgumentNullException.ThrowIfNull(baseAddress);
        if (!baseAddress.IsAbsoluteUri || baseAddress.Scheme is not ("http" or "https" or "ws" or "wss"))
            throw new ArgumentException($"The address must be an absolute http, https, ws or wss URL, not '{baseAddress}'.", nameof(baseAddress));
        (BaseAddress, ApiKey) = (baseAddress, apiKey);
        Connect = ConnectSocketAsync;
    }

    /// <summary>Its address.</summary>
    public Uri BaseAddress { get; }

    /// <summary>A key that it accepts.</summary>
    public string? ApiKey { get; }

    /// <summary>The server's name for messages.</summary>
    public string Name => BaseAddress.GetLeftPart(UriPartial.Path);

    internal Func<CancellationToken, ValueTask<Stream>> Connect { get; init; }

    internal string PathPrefix => BaseAddress.AbsolutePath.TrimEnd('/');

    internal bool IsSecure => BaseAddress.Scheme is "https" or "wss";

    /// <summary>A server of this process.</summary>
    public static ConformanceTarget Of(LiveTestServer server)
    {
        ArgumentNullException.ThrowIfNull(server);
        return new(server.BaseAddress, server.ApiKey) { Connect = _ => server.ConnectAsync() };
    }

    private async ValueTask<Stream> ConnectSocketAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new DnsEndPoint(BaseAddress.IdnHost, BaseAddress.Port), cancellationToken).ConfigureAwait(false);
            var stream = new NetworkStream(socket, ownsSocket: true);
            if (!IsSecure)
                return stream;
            var secure = new SslStream(stream);
            await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = BaseAddress.IdnHost }, cancellationToken).ConfigureAwait(false);
            return secure;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
