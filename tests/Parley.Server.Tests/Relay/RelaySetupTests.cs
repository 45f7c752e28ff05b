using System.Text;
using Parley.Server.Relay;
using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Relay;

/// <summary>Relayed setups differ only in their resumption.</summary>
public sealed class RelaySetupTests
{
    [Theory]
    [InlineData("""{"setup":{"model":"models/x"}}""", null, """{"setup":{"sessionResumption":{},"model":"models/x"}}""")]
    [InlineData("""{"setup":{"model":"models/x"}}""", "h1", """{"setup":{"sessionResumption":{"handle":"h1"},"model":"models/x"}}""")]
    [InlineData("""{ "setup" : { } }""", null, """{ "setup" : {"sessionResumption":{} } }""")]
    [InlineData("""{"setup":{"session_resumption": { },"model":"m"}}""", null, """{"setup":{"session_resumption": { },"model":"m"}}""")]
    [InlineData("""{"setup":{"session_resumption": { },"model":"m"}}""", "h1", """{"setup":{"session_resumption": {"handle":"h1" },"model":"m"}}""")]
    [InlineData("""{"setup":{"sessionResumption":{"transparent":true}}}""", "h1", """{"setup":{"sessionResumption":{"handle":"h1","transparent":true}}}""")]
    [InlineData("""{"setup":{"sessionResumption":{"transparent":true,"handle": "old"}}}""", "h1", """{"setup":{"sessionResumption":{"transparent":true,"handle": "h1"}}}""")]
    [InlineData("""{"setup":{"sessionResumption":null,"model":"m"}}""", "h1", """{"setup":{"sessionResumption":{"handle":"h1"},"model":"m"}}""")]
    [InlineData("""{"setup":{"tools":[{"x":{"sessionResumption":{"handle":"no"}}}],"model":"m"}}""", "h\"1", """{"setup":{"sessionResumption":{"handle":"h\u00221"},"tools":[{"x":{"sessionResumption":{"handle":"no"}}}],"model":"m"}}""")]
    public void Relayed_setup_differs_only_in_its_resumption(string sent, string? handle, string expected)
    {
        var setup = RelayedSetup.Of(Encoding.UTF8.GetBytes(sent), System.Net.WebSockets.WebSocketMessageType.Text);

        Assert.Equal(expected, Encoding.UTF8.GetString(setup.With(handle).Span));
    }

    [Fact]
    public async Task Setup_reaches_the_upstream_unchanged()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host);
        const string setup = """{ "setup": {"generation_config":{"responseModalities":["AUDIO"]}, "sessionResumption":{}, "model":"models/gemini-9-of-tomorrow" } }""";

        var (client, connection) = await gateway.OpenAsync(upstream, setup);
        await using var _ = client;

        Assert.Equal(setup, await connection.SetupAsync());
    }

    [Fact]
    public async Task Unknown_fields_reach_the_upstream_unchanged()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host);
        const string setup = """{"setup":{"model":"models/gemini-x","sessionResumption":{},"dreams":{"a":[1]},"generationConfig":{"mediaResolution":"MEDIA_RESOLUTION_HUGE","more":1},"tools":[{"dreamSearch":{}}]}}""";

        var (client, connection) = await gateway.OpenAsync(upstream, setup);
        await using var _ = client;

        Assert.Equal(setup, await connection.SetupAsync());
    }

    [Fact]
    public async Task Config_of_the_guide_is_relayed_as_a_setup()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host);

        var (client, connection) = await gateway.OpenAsync(upstream, """{"config":{"model":"gemini-3.1-flash-live-preview","responseModalities":["AUDIO"],"systemInstruction":"Be kind."}}""");
        await using var _ = client;

        var sent = System.Text.Json.JsonElement.Parse(await connection.SetupAsync()).GetProperty("setup");
        Assert.Equal("models/gemini-3.1-flash-live-preview", sent.GetProperty("model").GetString());
        Assert.Equal("AUDIO", sent.GetProperty("generationConfig").GetProperty("responseModalities")[0].GetString());
        Assert.Equal("Be kind.", sent.GetProperty("systemInstruction").GetProperty("parts")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task Upstream_gets_the_key_in_a_header_and_the_clients_API_version()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host);
        var next = upstream.NextAsync();
        await using var client = await gateway.ConnectAsync(LiveTestHost.Path.Replace("v1beta", "v1alpha", StringComparison.Ordinal));
        await client.SendJsonAsync(LiveTestHost.Setup);

        var connection = await next;

        Assert.Equal(Gateway.UpstreamKey, connection.Headers["x-goog-api-key"]);
        Assert.Equal(LiveTestHost.Path.Replace("v1beta", "v1alpha", StringComparison.Ordinal), connection.Path);
        Assert.DoesNotContain(LiveTestHost.Key, connection.Query + string.Join(' ', connection.Headers.Values), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Second_setup_does_not_reach_the_upstream()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host);
        var (client, connection) = await gateway.OpenAsync(upstream);
        await using var _ = client;

        // Hidden after audio, and with an escaped name.
        await client.SendJsonAsync("""{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"AAAA"}},"\u0073etup":{"model":"models/y","x":{"y":"AAAA"}}}""");

        var close = await client.ExpectCloseAsync();
        Assert.Equal((1007, "setup must be the first message and only the first"), (close.Code, close.Reason));
        await connection.Received.FirstAsync(static f => f.Type == System.Net.WebSockets.WebSocketMessageType.Close, "the upstream is closed");
        Assert.Equal(2, connection.Received.Snapshot.Count);
    }
}
