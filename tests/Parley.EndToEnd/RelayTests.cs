using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.RegularExpressions;
using Parley.EndToEnd.Harness;
using Parley.TestKit;

namespace Parley.EndToEnd;

/// <summary>Two real processes: <c>parley serve</c> as the upstream, and a second one that relays to it.</summary>
public sealed partial class RelayTests : IAsyncLifetime
{
    private const string UpstreamKey = "operator-key-of-the-test";
    private const string Path = "/ws/google.ai.generativelanguage.v1.GenerativeService.BidiGenerateContent?key=parley-dev";

    private readonly DirectoryInfo _recordings = Directory.CreateTempSubdirectory("parley-relay-");
    private ChildProcess? _upstream, _gateway;
    private Uri _address = new("http://127.0.0.1/");
    private int _metricsPort;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        (_upstream, var upstreamAddress) = await StartAsync("upstream", ["--api-key", UpstreamKey], []);
        _metricsPort = FreePort();
        (_gateway, _address) = await StartAsync(
            "gateway",
            ["--upstream", upstreamAddress.GetLeftPart(UriPartial.Authority), "--metrics-port", _metricsPort.ToString(CultureInfo.InvariantCulture)],
            new Dictionary<string, string> { ["PARLEY_UPSTREAM_KEY"] = UpstreamKey });
    }

    [Fact]
    public async Task Gateway_forwards_a_spoken_answer_unchanged()
    {
        using var socket = new ClientWebSocket();
        await Expect.WithinAsync(
            socket.ConnectAsync(new Uri($"ws://{_address.Authority}{Path}"), Cancellation), "an upgrade", Cancellation);
        await using (var client = new LiveSocket(socket))
        {
            await client.SendJsonAsync(LiveMessages.Setup, Cancellation);
            await client.ExpectSetupCompleteAsync(Cancellation);
            await client.SendJsonAsync("""{"realtimeInput":{"text":"What is seven times six?"} }""", Cancellation);
            Assert.Equal("That makes 42.", await client.ReceiveAnswerAsync(Cancellation));

            // The recordings contain every message of both processes. The upstream sends the gateway handles that the client did not
            // request.
            Assert.Equal(Recorded("upstream", "out"), Recorded("gateway", "out"));
            Assert.Equal(Recorded("upstream", "in").Skip(1), Recorded("gateway", "in").Skip(1));
        }

        using var http = new HttpClient();
        var metrics = await http.GetStringAsync(new Uri($"http://127.0.0.1:{_metricsPort}/metrics"), Cancellation);
        Assert.Contains("parley_messages_total{", metrics, StringComparison.Ordinal);
        Assert.Contains("parley_backend=\"relay\"", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain(UpstreamKey, metrics, StringComparison.Ordinal);
        // The public port must not expose metrics.
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri(_address, "/metrics"), Cancellation)).StatusCode);
    }

    [Fact]
    public async Task Relay_on_a_public_address_needs_keys()
    {
        using var open = ChildProcess.Start(
            "dotnet", [Repository.Tool, "serve", "--host", "0.0.0.0", "--port", "0"], new Dictionary<string, string> { ["PARLEY_UPSTREAM_KEY"] = UpstreamKey }, "Install the .NET SDK.");

        Assert.Equal(2, await Expect.WithinAsync(open.Exited, "parley serve refuses to start", Cancellation));
        Assert.Contains(open.Lines.Snapshot, static line => line.Text.Contains("--api-key", StringComparison.Ordinal));
        Assert.DoesNotContain(open.Lines.Snapshot, static line => line.Text.Contains(UpstreamKey, StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in new[] { _gateway, _upstream })
        {
            if (process is null)
                continue;
            process.Terminate();
            Assert.Equal(0, await Expect.WithinAsync(process.Exited, "parley serve ends after SIGTERM", CancellationToken.None));
            Assert.DoesNotContain(
                process.Lines.Snapshot,
                static line => ErrorPattern().IsMatch(line.Text) || line.Text.Contains(UpstreamKey, StringComparison.Ordinal));
            process.Dispose();
        }

        _recordings.Delete(recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<(ChildProcess Process, Uri Address)> StartAsync(string name, string[] arguments, Dictionary<string, string> environment)
    {
        var process = ChildProcess.Start(
            "dotnet", [Repository.Tool, "serve", "--port", "0", "--record", System.IO.Path.Combine(_recordings.FullName, name), .. arguments], environment, "Install the .NET SDK.");
        var line = await process.Lines.FirstAsync(
            line => !line.IsError && AddressPattern().IsMatch(line.Text), $"the {name} prints its address");
        return (process, new Uri(AddressPattern().Match(line.Text).Value));
    }

    private List<string> Recorded(string name, string direction) =>
        [.. new DirectoryInfo(System.IO.Path.Combine(_recordings.FullName, name)).GetFiles().SelectMany(static file => File.ReadLines(file.FullName))
            .Where(line => line.Contains($"\"dir\":\"{direction}\"", StringComparison.Ordinal) && !line.Contains("sessionResumptionUpdate", StringComparison.Ordinal))
            .Select(static line => line[line.IndexOf("\"dir\"", StringComparison.Ordinal)..])];

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex AddressPattern();

    [GeneratedRegex(@"^([\d:.]+ )?(fail|crit):|Unhandled exception")]
    private static partial Regex ErrorPattern();
}
