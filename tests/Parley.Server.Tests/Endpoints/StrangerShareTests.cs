using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Parley.Server.Sessions;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Server.Tests.Endpoints;

/// <summary>Clients without a valid credential have a share of the connections, and no more.</summary>
public sealed class StrangerShareTests
{
    private const string Setup = LiveTestHost.Setup;

    private readonly EchoModel _model = new();

    [Theory]
    [InlineData("")]
    [InlineData("?key=")]
    [InlineData("?key=wrong")]
    [InlineData("?access_token=auth_tokens/invented")]
    public async Task Strangers_hold_their_share_and_no_more(string credential)
    {
        await using var host = await StartAsync(8);
        await using var first = await LiveSocket.ConnectAsync(host, LiveTestHost.Path);
        await using var second = await LiveSocket.ConnectAsync(host, LiveTestHost.Path + credential);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await host.ExpectRefusedAsync(LiveTestHost.Path + credential));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await host.ExpectRefusedAsync(LiveTestHost.Constrained + credential));

        // Who has a key is let in meanwhile.
        await using var client = await host.OpenAsync();
        await client.EchoAsync("heard");
    }

    [Fact]
    public async Task Refusal_has_the_form_of_the_service()
    {
        await using var host = await StartAsync(4);
        await using var first = await LiveSocket.ConnectAsync(host, LiveTestHost.Path);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(LiveTestHost.Path, UriKind.Relative));
        foreach (var (name, value) in new[] { ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==") })
            request.Headers.TryAddWithoutValidation(name, value);
        using var http = host.CreateClient();

        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);

        var error = JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).GetProperty("error");
        Assert.Equal((503, "UNAVAILABLE"), (error.GetProperty("code").GetInt32(), error.GetProperty("status").GetString()));
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Fact]
    public async Task Place_is_free_again_when_a_stranger_leaves()
    {
        await using var host = await StartAsync(4);
        for (var i = 0; i < 5; i++)
        {
            await using (var stranger = await LiveSocket.ConnectAsync(host, LiveTestHost.Path))
            {
                Assert.Equal(HttpStatusCode.ServiceUnavailable, await host.ExpectRefusedAsync(LiveTestHost.Path));
                await stranger.SendJsonAsync(Setup);
                await stranger.ExpectCloseAsync();
            }
            await Expect.WithinAsync(host.Services.GetRequiredService<SessionRegistry>().WhenEmptyAsync(), "the stranger has left");
        }
    }

    [Fact]
    public async Task Share_can_be_configured()
    {
        await using var host = await StartAsync(100, static options => options.Connections.MaxUnauthenticated = 1);
        await using var first = await LiveSocket.ConnectAsync(host, LiveTestHost.Path);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await host.ExpectRefusedAsync(LiveTestHost.Path));
    }

    private Task<InMemoryHost> StartAsync(int maxConnections, Action<LiveApiOptions>? configure = null) => LiveTestHost.StartAsync(_model, options =>
    {
        options.Connections.MaxConnections = maxConnections;
        configure?.Invoke(options);
    });
}
