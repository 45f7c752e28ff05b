using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Parley.EndToEnd.Harness;
using Parley.TestKit;

namespace Parley.EndToEnd;

/// <summary>The files in <c>deploy/</c> for several nodes: nginx in front of two servers and an address where nothing listens, and the rules for Prometheus.</summary>
public sealed partial class DeployNodesTests
{
    private const string Key = "client-key-of-the-test";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Proxy_spreads_calls_over_nodes_and_passes_over_those_that_are_gone_or_drain()
    {
        using var first = Start();
        using var second = Start();
        var (one, two) = (await AddressAsync(first), await AddressAsync(second));
        using var proxy = TlsProxy.CreateForNodes(one.Authority, two.Authority, $"127.0.0.1:{Ports.Free()}");
        var check = await proxy.CheckAsync();
        Assert.True(check.ExitCode == 0, check.ToString());
        await proxy.StartAsync(Cancellation);

        // Six calls over three addresses: one in three is refused by the missing node first.
        var (ofFirst, ofSecond) = (new List<LiveSocket>(), new List<LiveSocket>());
        for (var i = 0; i < 6; i++)
        {
            var before = await OpenConnectionsAsync(one);
            var client = await OpenAsync(proxy);
            (await OpenConnectionsAsync(one) > before ? ofFirst : ofSecond).Add(client);
        }
        Assert.NotEmpty(ofFirst);
        Assert.NotEmpty(ofSecond);

        first.Terminate();
        await ofFirst[0].ReceiveUntilAsync(static frame => frame.Has("goAway"), "goAway", Cancellation);
        // The first node refuses with 503 until it ends, and does not answer afterwards.
        for (var i = 0; i < 3; i++)
            ofSecond.Add(await OpenAsync(proxy));
        foreach (var client in ofFirst)
            Assert.Equal(1001, (await client.ExpectCloseAsync(skipMessages: true, Cancellation)).Code);
        await Expect.WithinAsync(first.Exited, "the node ends after SIGTERM", Cancellation);
        for (var i = 0; i < 3; i++)
        {
            ofSecond.Add(await OpenAsync(proxy));
            using var content = new StringContent("{}");
            using var token = await proxy.Http.PostAsync(new Uri("/v1beta/auth_tokens?key=" + Key, UriKind.Relative), content, Cancellation);
            Assert.Equal(HttpStatusCode.OK, token.StatusCode);
        }
        Assert.Equal(ofSecond.Count, await OpenConnectionsAsync(two));

        foreach (var client in ofFirst.Concat(ofSecond))
            await client.DisposeAsync();
        second.Terminate();
        await Expect.WithinAsync(second.Exited, "the node ends after SIGTERM", Cancellation);
        using (var none = await proxy.Http.GetAsync(new Uri("/v1beta/models?key=" + Key, UriKind.Relative), Cancellation))
            Assert.Equal(HttpStatusCode.BadGateway, none.StatusCode);
        await proxy.StopAsync(Cancellation);
        Assert.Contains("/v1beta/models", proxy.Logs, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, proxy.Logs, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proxy_for_nodes_hides_private_paths()
    {
        using var server = Start();
        var node = (await AddressAsync(server)).Authority;
        using var proxy = TlsProxy.CreateForNodes(node, node, node);
        await proxy.StartAsync(Cancellation);

        foreach (var (path, status) in new[]
        {
            ("/healthz", HttpStatusCode.OK), ("/v1beta/models?key=" + Key, HttpStatusCode.OK),
            ("/metrics", HttpStatusCode.NotFound), ("/admin/keys", HttpStatusCode.NotFound), ("/admin/nodes", HttpStatusCode.NotFound),
            ("/readyz", HttpStatusCode.NotFound), ("/", HttpStatusCode.NotFound), ("/ws", HttpStatusCode.NotFound),
        })
        {
            using var response = await proxy.Http.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
            Assert.Equal((path, status), (path, response.StatusCode));
        }
    }

    [Theory]
    [InlineData("rules", "alerts.yaml")]
    [InlineData("config", "prometheus.yml")]
    public async Task File_is_valid_for_Prometheus(string kind, string file)
    {
        using var process = ChildProcess.Start(
            DebianPrograms.Find("promtool"), ["check", kind, Repository.Find("deploy", file)], new Dictionary<string, string>(), "Run ./test, which unpacks Debian's Prometheus.");

        var code = await Expect.WithinAsync(process.Exited, "promtool ends", Cancellation);
        Assert.True(code == 0, string.Join('\n', process.Lines.Snapshot.Select(static line => line.Text)));
    }

    private static ChildProcess Start() => ChildProcess.Start(
        "dotnet",
        [Repository.Tool, "serve", "--port", "0", "--api-key", Key, "--no-console"],
        new Dictionary<string, string> { ["Speech__Recognizer__Provider"] = "none", ["Speech__Detector__Provider"] = "energy" },
        "Install the .NET SDK.");

    private static async Task<LiveSocket> OpenAsync(TlsProxy proxy)
    {
        var client = await proxy.OpenAsync(LiveMessages.MethodPath("key=" + Key), Cancellation);
        await client.SendJsonAsync(LiveMessages.Setup, Cancellation);
        await client.ExpectSetupCompleteAsync(Cancellation);
        return client;
    }

    private static async Task<int> OpenConnectionsAsync(Uri node)
    {
        using var http = new HttpClient();
        var health = await http.GetFromJsonAsync<JsonElement>(new Uri(node, "/healthz"), Cancellation);
        return int.Parse(health.GetProperty("parts").GetProperty("connections").GetString()!, CultureInfo.InvariantCulture);
    }

    private static async Task<Uri> AddressAsync(ChildProcess process)
    {
        var line = await process.Lines.FirstAsync(static line => !line.IsError && AddressPattern().IsMatch(line.Text), "the server prints its address", Cancellation);
        return new Uri(AddressPattern().Match(line.Text).Value);
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex AddressPattern();
}
