using System.Net;
using Microsoft.Extensions.Options;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Server.Tests.Endpoints;

/// <summary>The client's address behind a proxy.</summary>
public sealed class TrustedProxyTests
{
    private static readonly string Path = $"{LiveTestHost.Path}?key={LiveTestHost.Key}";

    [Theory]
    [InlineData("loopback")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.0/8")]
    public async Task Clients_of_a_trusted_proxy_are_limited_by_their_own_address(string proxy)
    {
        await using var host = await StartAsync(proxy);
        for (var i = 0; i < 2; i++)
            await (await ConnectAsync(host, "203.0.113.7")).DisposeAsync();

        Assert.Equal(HttpStatusCode.TooManyRequests, await RefusedAsync(host, "203.0.113.7"));
        // What a client writes itself stands before what the proxy adds.
        Assert.Equal(HttpStatusCode.TooManyRequests, await RefusedAsync(host, "198.51.100.1, 203.0.113.7"));
        await (await ConnectAsync(host, "203.0.113.8")).DisposeAsync();
    }

    [Fact]
    public async Task Header_of_a_proxy_that_is_not_trusted_changes_nothing()
    {
        await using var host = await StartAsync("10.0.0.1");
        for (var i = 0; i < 4; i++)
            await (await ConnectAsync(host, "203.0.113.7")).DisposeAsync();
        Assert.Contains(host.Logs.Entries, static entry => entry.Message.Contains("client 127.0.0.1", StringComparison.Ordinal));
        Assert.DoesNotContain(host.Logs.Entries, static entry => entry.Message.Contains("203.0.113.7", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("loopback", "127.0.0.1")]
    [InlineData("loopback", "203.0.113.7")]
    [InlineData("10.0.0.1", "127.0.0.1")]
    public async Task Development_key_is_refused_through_any_proxy(string proxy, string client)
    {
        await using var host = await StartAsync(proxy);
        await using var socket = await LiveSocket.ConnectAsync(host, LiveTestHost.Path + "?key=parley-dev", options => options.SetRequestHeader("X-Forwarded-For", client));
        await socket.SendJsonAsync(LiveTestHost.Setup);

        Assert.Equal(1007, (await socket.ExpectCloseAsync()).Code);
    }

    [Theory]
    [InlineData("nginx")]
    [InlineData("10.0.0.0/40")]
    [InlineData("")]
    public async Task Invalid_proxy_stops_the_start(string proxy)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(proxy));
        Assert.Contains($"Live:Connections:TrustedProxies contains '{proxy}'", error.Message, StringComparison.Ordinal);
    }

    private static Task<LiveSocket> ConnectAsync(InMemoryHost host, string forwarded) =>
        LiveSocket.ConnectAsync(host, Path, options => options.SetRequestHeader("X-Forwarded-For", forwarded));

    private static Task<HttpStatusCode> RefusedAsync(InMemoryHost host, string forwarded) =>
        host.ExpectRefusedAsync(Path, options => options.SetRequestHeader("X-Forwarded-For", forwarded));

    private static Task<InMemoryHost> StartAsync(string proxy) => LiveTestHost.StartAsync(new EchoModel(), options =>
    {
        options.Connections.MaxOpensPerAddressPerMinute = 2;
        options.Connections.TrustedProxies.Add(proxy);
    });
}
