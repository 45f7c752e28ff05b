using System.Net;
using System.Text.Json;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Server.Tests.Relay;

/// <summary>Every API version has every method, and reaches the upstream.</summary>
public sealed class ApiVersionTests
{
    public static TheoryData<string, string?> Versions => new()
    {
        { "v1", null },
        { "v1beta", null },
        { "v1alpha", null },
        { "v1", "v1beta" },
        { "v1alpha", "v1" },
    };

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Keys_tokens_and_models_work_with_every_version(string version, string? configured)
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host, configure: options => options.Upstreams[0].ApiVersion = configured);
        using var http = gateway.CreateClient();
        http.DefaultRequestHeaders.Add("x-goog-api-key", LiveTestHost.Key);

        using var models = await http.GetAsync(new Uri($"/{version}/models", UriKind.Relative));
        using var model = await http.GetAsync(new Uri($"/{version}/models/gemini-3.8-live", UriKind.Relative));
        using var minted = await http.PostAsync(new Uri($"/{version}/auth_tokens", UriKind.Relative), null);
        Assert.All([models, model, minted], static response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        var token = JsonElement.Parse(await minted.Content.ReadAsStringAsync()).GetProperty("name").GetString();
        var path = LiveTestHost.Path.Replace("v1beta", version, StringComparison.Ordinal);
        foreach (var address in (string[])[$"{path}?key={LiveTestHost.Key}", $"{path}Constrained?access_token={token}"])
        {
            var next = upstream.NextAsync();
            await using var client = await LiveSocket.ConnectAsync(gateway, address);
            await client.SendJsonAsync(LiveTestHost.Setup);
            var connection = await next;
            await connection.AcceptSetupAsync();
            await client.ReceiveUntilAsync(static f => f.Has("setupComplete"));

            // The operator's key always goes to the method for keys.
            Assert.Equal(LiveTestHost.Path.Replace("v1beta", configured ?? version, StringComparison.Ordinal), connection.Path);
            Assert.Equal(Gateway.UpstreamKey, connection.Headers["x-goog-api-key"]);
            Assert.Equal("", connection.Query);
        }
    }
}
