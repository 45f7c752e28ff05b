using Parley.Server.Relay;
using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Relay;

public sealed class UpstreamHeaderTests
{
    [Fact]
    public async Task Configured_and_selected_client_headers_reach_the_upstream_on_every_connection()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host, configure: static options =>
        {
            options.Upstreams[0].Headers["X-Region"] = "north";
            options.Upstreams[0].ForwardHeaders.Add("x-goog-user-project");
            options.Upstreams[0].ForwardHeaders.Add("User-Agent");
            options.Upstreams[0].ForwardHeaders.Add("x-long");
        });
        var next = upstream.NextAsync();
        using var socket = await gateway.ConnectWebSocketAsync($"{LiveTestHost.Path}?key={LiveTestHost.Key}", options =>
        {
            options.SetRequestHeader("X-Goog-User-Project", "billing-7");
            options.SetRequestHeader("User-Agent", "app/1.0 (test)");
            options.SetRequestHeader("X-Other", "not this");
            options.SetRequestHeader("x-long", new string('a', UpstreamHeaders.MaxValueLength + 1));
        });
        await socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(LiveTestHost.Setup).AsMemory(), System.Net.WebSockets.WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);
        var first = await next;
        await first.AcceptSetupAsync();
        await first.SendAsync("""{"sessionResumptionUpdate":{"newHandle":"up-1","resumable":true}}""");
        next = upstream.NextAsync();
        await first.SendAsync("""{"goAway":{"timeLeft":"50s"}}""");
        var second = await next;

        foreach (var headers in (IReadOnlyDictionary<string, string>[])[first.Headers, second.Headers])
        {
            Assert.Equal("north", headers["X-Region"]);
            Assert.Equal("billing-7", headers["x-goog-user-project"]);
            Assert.Equal("app/1.0 (test)", headers["User-Agent"]);
            Assert.Equal(Gateway.UpstreamKey, headers["x-goog-api-key"]);
            Assert.False(headers.ContainsKey("X-Other") || headers.ContainsKey("x-long"));
        }
    }

    [Theory]
    [InlineData("Authorization")]
    [InlineData("X-Goog-Api-Key")]
    [InlineData("proxy-authorization")]
    [InlineData("Cookie")]
    [InlineData("x-auth-token")]
    [InlineData("x-client-secret")]
    [InlineData("Host")]
    [InlineData("Connection")]
    [InlineData("Upgrade")]
    [InlineData("TE")]
    [InlineData("Transfer-Encoding")]
    [InlineData("Sec-WebSocket-Protocol")]
    [InlineData("Origin")]
    [InlineData("X-Forwarded-For")]
    [InlineData("traceparent")]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("line\nbreak")]
    public void Credential_connection_and_invalid_headers_are_refused_at_the_start(string name)
    {
        Assert.NotEmpty(Failures(upstream => upstream.ForwardHeaders.Add(name)));
        Assert.NotEmpty(Failures(upstream => upstream.Headers[name] = "x"));
    }

    [Theory]
    [InlineData("x-goog-user-project")]
    [InlineData("User-Agent")]
    [InlineData("X-Region")]
    public void Other_headers_are_accepted(string name)
    {
        Assert.Empty(Failures(upstream => upstream.ForwardHeaders.Add(name)));
        Assert.Empty(Failures(upstream => upstream.Headers[name] = "x"));
        Assert.NotEmpty(Failures(upstream => upstream.Headers[name] = "line\nbreak"));
        Assert.NotEmpty(Failures(upstream =>
        {
            upstream.ForwardHeaders.Add(name);
            upstream.Headers[name.ToUpperInvariant()] = "x";
        }));
    }

    private static IEnumerable<string> Failures(Action<UpstreamOptions> configure)
    {
        var upstream = new UpstreamOptions { Key = Gateway.UpstreamKey };
        configure(upstream);
        var options = new RelayOptions();
        options.Upstreams.Add(upstream);
        return new RelayOptionsValidator().Validate(null, options).Failures ?? [];
    }
}
