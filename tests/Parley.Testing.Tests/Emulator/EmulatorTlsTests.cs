using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Parley.Client;

namespace Parley.Testing.Tests.Emulator;

/// <summary>An emulator with TLS, as clients see it that trust its CA and nothing else.</summary>
public sealed class EmulatorTlsTests
{
    private const string Lamp = "rules: [{ user: lamp, model: Done. }]";

    /// <summary>Type of the record with close_notify.</summary>
    private const byte Alert = 21;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Session_and_control_API_are_encrypted_with_a_certificate_of_the_CA()
    {
        await using var run = await StartAsync();
        using var socket = await run.ConnectAsync();

        await EmulatorRun.SendTextAsync(socket, "lamp");
        await EmulatorRun.ReadToAsync(socket, "turnComplete");
        var status = await run.SendAsync(HttpMethod.Get, "");

        Assert.Equal(("https", "https"), (run.Emulator.BaseAddress.Scheme, run.Emulator.ControlAddress.Scheme));
        Assert.Equal(run.Emulator.BaseAddress.GetLeftPart(UriPartial.Authority), status.GetProperty("url").GetString());
        await run.Emulator.VerifyAsync(Cancellation);
    }

    [Fact]
    public async Task LiveClient_talks_through_a_handler_that_trusts_the_CA()
    {
        await using var run = await StartAsync();
        var client = LiveClient.FromApiKey("test-key", new LiveClientOptions { BaseAddress = run.Emulator.BaseAddress, Invoker = run.Http });
        await using var session = await client.ConnectAsync(new LiveSetup { Model = "gemini-3.8-live", OutputTranscription = true }, Cancellation);

        Assert.Equal("Done.", (await session.AskAsync("lamp", Cancellation)).Text);
    }

    [Fact]
    public async Task Cut_is_a_reset_without_the_end_of_TLS()
    {
        await using var run = await StartAsync();
        using var client = new TcpClient();
        await using var encrypted = await OpenAsync(run, client);

        Assert.Equal(1, (await run.SendAsync(HttpMethod.Post, "cut")).GetProperty("connections").GetInt32());
        var end = await Assert.ThrowsAsync<IOException>(() => RecordsToEndAsync(client));

        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(end.InnerException).SocketErrorCode);
    }

    [Fact]
    public async Task Fault_that_cuts_is_a_reset_after_the_answers_before_it()
    {
        await using var run = await StartAsync("faults: [{ point: setupComplete, action: cut, delivered: true }]");
        using var socket = await run.ConnectAsync();

        var lost = await Assert.ThrowsAsync<WebSocketException>(() => EmulatorRun.ReadToAsync(socket, "turnComplete"));

        Assert.Equal(WebSocketError.ConnectionClosedPrematurely, lost.WebSocketErrorCode);
        Assert.IsType<SocketException>(lost.GetBaseException());
    }

    [Fact]
    public async Task End_without_a_close_frame_is_an_end_of_TLS()
    {
        await using var run = await StartAsync("faults: [{ point: setup, action: endWithoutClose, delivered: false }]");
        using var client = new TcpClient();
        await using var encrypted = await OpenAsync(run, client);

        await encrypted.WriteAsync(Masked("""{"setup":{"model":"models/gemini-3.8-live"}}"""), Cancellation);

        Assert.Equal(Alert, Assert.Single(await RecordsToEndAsync(client)));
    }

    [Fact]
    public async Task Certificate_is_for_loopback_for_a_few_days_and_passes_without_the_network()
    {
        await using var run = await StartAsync();
        using var ca = X509CertificateLoader.LoadCertificateFromFile(run.Emulator.CaFile!);
        foreach (var name in (string[])["localhost", "127.0.0.1", "::1"])
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, run.Emulator.BaseAddress.Port, Cancellation);
            await using var encrypted = new SslStream(client.GetStream());
            await encrypted.AuthenticateAsClientAsync(EmulatorRun.Trusting(run.Emulator, name), Cancellation);
            using var certificate = new X509Certificate2(encrypted.RemoteCertificate!);
            Assert.InRange(certificate.NotAfter - TimeProvider.System.GetLocalNow().DateTime, TimeSpan.FromDays(6), TimeSpan.FromDays(8));
        }
        Assert.False(ca.HasPrivateKey);
        Assert.Equal(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, Assert.Single(ca.Extensions.OfType<X509KeyUsageExtension>()).KeyUsages);
    }

    [Fact]
    public async Task Each_emulator_has_a_CA_of_its_own()
    {
        await using var one = await StartAsync();
        await using var other = await StartAsync();

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => other.Http.GetAsync(one.Emulator.ControlAddress, Cancellation));

        Assert.IsType<AuthenticationException>(failure.InnerException);
        Assert.EndsWith($"it has to trust {one.Emulator.CaFile}.", await Expect.WithinAsync(ReportOfRefusalAsync(one), "the report of the refusal", Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_of_the_CA_is_private_has_no_key_and_is_deleted_at_the_end()
    {
        string file;
        await using (var run = await StartAsync())
        {
            file = run.Emulator.CaFile!;
            var text = await File.ReadAllTextAsync(file, Cancellation);
            Assert.StartsWith("-----BEGIN CERTIFICATE-----", text, StringComparison.Ordinal);
            Assert.DoesNotContain("PRIVATE", text, StringComparison.Ordinal);
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(file)!));
            }
        }

        Assert.False(Directory.Exists(Path.GetDirectoryName(file)));
    }

    [Fact]
    public async Task Client_without_TLS_is_told_and_the_verification_says_so()
    {
        await using var run = await StartAsync();
        using var http = new HttpClient();

        using var answer = await http.GetAsync(new UriBuilder(run.Emulator.ControlAddress) { Scheme = "http" }.Uri, Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("A client tried without TLS. The emulator has TLS: use https: or wss:.", await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.EndsWith("The emulator has TLS: use https: or wss:.", await ReportAsync(run), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_with_TLS_fails_at_once_on_a_port_without_and_the_verification_says_so()
    {
        await using var run = await EmulatorRun.StartAsync(Lamp);
        using var http = new HttpClient();

        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(new UriBuilder(run.Emulator.ControlAddress) { Scheme = "https" }.Uri, Cancellation));

        Assert.EndsWith("Start the emulator with --tls (LiveEmulatorOptions.Tls).", await ReportAsync(run), StringComparison.Ordinal);
        Assert.Null(run.Emulator.CaFile);
    }

    [Fact]
    public async Task Port_in_use_is_an_error_with_TLS_too()
    {
        await using var run = await StartAsync();

        await Assert.ThrowsAsync<SocketException>(() => LiveEmulator.StartAsync(options => (options.Tls, options.Port) = (true, run.Emulator.BaseAddress.Port), Cancellation));
    }

    private static Task<EmulatorRun> StartAsync(string more = "") => EmulatorRun.StartAsync(options =>
    {
        options.Scenarios.Add(ScenarioFile.Parse($"{Lamp}\n{more}", "a.yaml"));
        options.Tls = true;
    });

    private static async Task<string> ReportAsync(EmulatorRun run) =>
        (await Assert.ThrowsAsync<ExpectationException>(() => run.Emulator.VerifyAsync(Cancellation))).Message;

    /// <summary>The report as soon as the port has seen that the client is gone; the client knows it first.</summary>
    private static async Task<string> ReportOfRefusalAsync(EmulatorRun run)
    {
        while (true)
        {
            if (await ReportAsync(run) is var report && report.Contains("handshake", StringComparison.Ordinal))
                return report;
            // A request makes the port run in the meantime.
            await run.SendAsync(HttpMethod.Get, "");
        }
    }

    /// <summary>A WebSocket byte by byte, in TLS 1.2, which shows the types of its records.</summary>
    private static async Task<SslStream> OpenAsync(EmulatorRun run, TcpClient client)
    {
        await client.ConnectAsync(IPAddress.Loopback, run.Emulator.BaseAddress.Port, Cancellation);
        var encrypted = new SslStream(client.GetStream());
        var options = EmulatorRun.Trusting(run.Emulator);
        options.EnabledSslProtocols = SslProtocols.Tls12;
        await encrypted.AuthenticateAsClientAsync(options, Cancellation);
        await encrypted.WriteAsync(
            Encoding.ASCII.GetBytes(
                "GET /ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent HTTP/1.1\r\nHost: localhost\r\nx-goog-api-key: test-key\r\n"
                + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"),
            Cancellation);
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await encrypted.ReadExactlyAsync(one, Cancellation);
            head.Append((char)one[0]);
        }
        Assert.StartsWith("HTTP/1.1 101", head.ToString(), StringComparison.Ordinal);
        return encrypted;
    }

    // A short text frame with a mask of zeros.
    private static byte[] Masked(string json) => [0x81, (byte)(0x80 | json.Length), 0, 0, 0, 0, .. Encoding.ASCII.GetBytes(json)];

    /// <summary>The types of the records that arrive until the end, below TLS.</summary>
    private static async Task<IReadOnlyList<byte>> RecordsToEndAsync(TcpClient client)
    {
        using var bytes = new MemoryStream();
        await Expect.WithinAsync(client.GetStream().CopyToAsync(bytes, Cancellation), "the end of the connection", Cancellation);
        var types = new List<byte>();
        for (var rest = bytes.ToArray(); rest.Length > 0; rest = rest[(5 + (rest[3] << 8) + rest[4])..])
            types.Add(rest[0]);
        return types;
    }
}
