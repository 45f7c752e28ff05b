using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Parley.Client;

namespace Parley.Testing.Tests;

/// <summary>Faults in front of a server on a socket.</summary>
public sealed class FaultProxyTests
{
    private static readonly LiveSetup Setup = new() { Model = Conversing.Model, OutputTranscription = true };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Real_upstream_answers_through_faults(bool isEncrypted)
    {
        await using var server = await StartAsync();
        await using var tls = isEncrypted ? new TlsEnd(server.BaseAddress.Port) : null;
        await using var proxy = await FaultProxy.StartAsync(
            tls?.Address ?? server.BaseAddress,
            options => options.ServerCertificateValidation = (_, shown, _, _) => shown?.GetCertHashString() == tls?.Thumbprint);
        proxy.Faults.At(FaultPoint.Connect).RefusesHttp(429);
        proxy.Faults.At(FaultPoint.FirstAudio).Cuts();
        proxy.Faults.At(FaultPoint.TurnComplete).Closes(1011, "Internal error encountered.");
        var client = Client(server, proxy);

        Assert.Equal(429, (int?)(await Assert.ThrowsAsync<LiveConnectException>(() => client.ConnectAsync(Setup, Cancellation))).StatusCode);
        await using var session = await client.ConnectAsync(Setup, Cancellation);
        await session.SendTextAsync("hello", Cancellation);
        var closes = new List<int?>();
        await foreach (var update in session.ReadAllAsync(Cancellation))
        {
            if (update is ReconnectingUpdate lost)
                closes.Add(lost.CloseCode);
            if (update is ReconnectedUpdate { IsResumed: true } && closes.Count == 2)
                break;
        }

        Assert.Equal([null, 1011], closes);
        Assert.All(server.Journal.Setups.Skip(1), static setup => Assert.NotNull(setup.SessionResumption?.Handle));
        proxy.Faults.Verify();
    }

    [Fact]
    public async Task Frozen_connection_is_noticed_by_cutting_it_and_requests_without_websocket_pass()
    {
        await using var server = await StartAsync();
        await using var proxy = await FaultProxy.StartAsync(server.BaseAddress);
        proxy.Faults.At(FaultPoint.TurnComplete).Freezes();
        using var http = new HttpClient { BaseAddress = proxy.BaseAddress };
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri("nothing", UriKind.Relative), Cancellation)).StatusCode);
        await using var session = await Client(server, proxy).ConnectAsync(Setup, Cancellation);
        await session.AskAsync("hello", Cancellation);

        var answer = session.AskAsync("hello", Cancellation);
        Assert.Single(server.Journal.Texts);
        Assert.InRange(proxy.CutConnections(), 1, 2);

        Assert.Equal("Hi there.", (await Expect.WithinAsync(answer, "the answer comes", Cancellation)).Text);
    }

    [Fact]
    public async Task Upstream_that_cannot_be_reached_is_a_502()
    {
        using var port = new TcpListener(IPAddress.Loopback, 0);
        port.Start();
        var address = new Uri($"ws://{port.LocalEndpoint}");
        port.Stop();
        await using var proxy = await FaultProxy.StartAsync(address);
        var client = LiveClient.FromApiKey("a-key", new LiveClientOptions { BaseAddress = proxy.BaseAddress });

        var error = await Assert.ThrowsAsync<LiveConnectException>(() => client.ConnectAsync(Setup, Cancellation));

        Assert.Equal(502, (int?)error.StatusCode);
    }

    [Theory]
    [InlineData("ftp://example.com")]
    [InlineData("wss://example.com/?key=secret")]
    public async Task Address_that_is_no_server_is_refused_without_its_credential(string address)
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(() => FaultProxy.StartAsync(new Uri(address)));

        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    private static LiveClient Client(LiveTestServer server, FaultProxy proxy) =>
        LiveClient.FromApiKey(server.ApiKey, new LiveClientOptions { BaseAddress = proxy.BaseAddress });

    private static async Task<LiveTestServer> StartAsync()
    {
        var server = await LiveTestServer.StartAsync(static options => (options.Port, options.TimeProvider) = (0, TimeProvider.System), Cancellation);
        server.When("hello").Says("Hi there.");
        return server;
    }

    /// <summary>TLS in front of a port, with a certificate of its own.</summary>
    private sealed class TlsEnd : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly X509Certificate2 _certificate;
        private readonly Task _accepting;
        private readonly int _port;

        internal TlsEnd(int port)
        {
            _port = port;
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var ephemeral = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256)
                .CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
            _certificate = X509CertificateLoader.LoadPkcs12(ephemeral.Export(X509ContentType.Pkcs12), null);
            _listener.Start();
            _accepting = AcceptAsync();
        }

        internal string Thumbprint => _certificate.GetCertHashString();

        internal Uri Address => new($"wss://{_listener.LocalEndpoint}/");

        public async ValueTask DisposeAsync()
        {
            _listener.Dispose();
            await _accepting;
            _certificate.Dispose();
        }

        private async Task AcceptAsync()
        {
            var running = new List<Task>();
            try
            {
                while (true)
                    running.Add(ForwardAsync(await _listener.AcceptTcpClientAsync()));
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                await Task.WhenAll(running);
            }
        }

        private async Task ForwardAsync(TcpClient client)
        {
            using var from = client;
            using var to = new TcpClient();
            await using var encrypted = new SslStream(client.GetStream());
            try
            {
                await encrypted.AuthenticateAsServerAsync(_certificate);
                await to.ConnectAsync(IPAddress.Loopback, _port);
                await Task.WhenAny(encrypted.CopyToAsync(to.GetStream()), to.GetStream().CopyToAsync(encrypted));
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // Cut by a fault.
            }
        }
    }
}
