using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Parley.Client.Transport;

namespace Parley.Client.Tests.Transport;

public class WaitingStreamTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_read_on_a_session_thread_completes_before_it_returns_also_over_TLS()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var served = ServeAsync(listener);
        using var handler = new SocketsHttpHandler { ConnectCallback = WaitingStream.ConnectAsync };
#pragma warning disable CA5359 // The certificate of the test.
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359 // see above
        using var invoker = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        using var response = await Expect.WithinAsync(invoker.SendAsync(request, Token), "the headers arrive");
        await using var body = await response.Content.ReadAsStreamAsync(Token);
        var thread = new SessionThread();
        var buffer = new byte[16];

        await thread;
        var reading = body.ReadAsync(buffer, CancellationToken.None);

        Assert.True(reading.IsCompleted);
        Assert.Equal("hello", Encoding.ASCII.GetString(buffer, 0, await reading));
        thread.Stop();
        await Expect.WithinAsync(served, "the server has sent all");
    }

    private static async Task ServeAsync(TcpListener listener)
    {
        using var key = ECDsa.Create();
        using var certificate = new CertificateRequest("CN=parley.test", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        using var client = await listener.AcceptTcpClientAsync(Token);
        await using var stream = new SslStream(client.GetStream());
        await stream.AuthenticateAsServerAsync(certificate);
        _ = await stream.ReadAsync(new byte[4096], Token);
        await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"u8.ToArray(), Token);
        await stream.WriteAsync("hello"u8.ToArray(), Token);
    }
}
