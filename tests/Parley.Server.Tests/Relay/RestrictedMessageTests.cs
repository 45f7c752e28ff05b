using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Server.Tests.Relay;

/// <summary>In a relayed session that a token or a policy restricts, only known messages pass.</summary>
public sealed class RestrictedMessageTests
{
    private const string Plain = """{"realtimeInput":{"text":"the end"}}""";

    /// <summary>Members of a client message that a running session may send, from the schema.</summary>
    private static readonly string[] Known = ["clientContent", "realtimeInput", "toolResponse", "contextUpdate"];

    public static TheoryData<string> Forbidden =>
    [
        """{"sessionUpdate":{"instructions":"x"}}""",
        """{"session_update":{}}""",
        """{"Setup":{"model":"models/x"}}""",
        """{"bidiGenerateContentSetup":{}}""",
        """{"s\u0065ssionUpdate":{}}""",
        """{"realtimeInput":{"text":"x"},"sessionUpdate":{}}""",
        """{"sessionUpdate":{},"realtimeInput":{"text":"x"}}""",
        """{"realtimeInput":{"text":"x"},"realtime_input":{"text":"y"}}""",
        """{"realtimeInput":{"text":"x"},"realtimeInput":{"text":"y"}}""",
        """{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"AA"},"x":{"data":"AA"}}}""",
        """{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"AAAA"}},"x":{"data":"AA"}}""",
        """{"realtimeInput":{"audio":{"data":"AAAA","mimeType":"audio/pcm;rate=16000","x":1}}}""",
        """{"realtimeInput":{"sessionUpdate":{}}}""",
        """{"clientContent":{"turns":[],"systemInstruction":{"parts":[]}}}""",
        """{"toolResponse":{"functionResponses":[],"tools":[]}}""",
        """{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=1\","data":",x:1}}}""",
        """{"config":{}}""",
        """{"setup":{}}""",
        """{"s\u0065tup":{}}""",
        "not json",
        "[]",
        "",
        """{"realtimeInput":{"text":"x"}} {"sessionUpdate":{}}""",
        """{realtimeInput:{text:"x"}}""",
    ];

    [Theory]
    [MemberData(nameof(Forbidden))]
    public async Task Message_that_is_not_known_is_refused(string message)
    {
        foreach (var policy in Policies())
        {
            await using var upstream = await RawUpstream.StartAsync();
            await using var gateway = await Gateway.StartAsync(upstream.Host, configure: options => options.Policy = policy);
            var (client, connection) = await gateway.OpenAsync(upstream);
            await using var _ = client;

            await client.SendJsonAsync(message);

            Assert.Equal(1007, (await client.ExpectCloseAsync()).Code);
            await connection.Received.FirstAsync(static f => f.Type == WebSocketMessageType.Close, "the upstream is closed");
            Assert.Equal(2, connection.Received.Snapshot.Count);
        }
    }

    [Fact]
    public async Task Unknown_message_is_refused_with_the_text_of_the_service()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host, configure: static options => options.Policy.SystemInstruction = "Sell shoes.");
        var (client, _) = await gateway.OpenAsync(upstream);
        await using var __ = client;

        await client.SendJsonAsync("""{"sessionUpdate":{}}""");

        Assert.Equal("Invalid JSON payload received. Unknown name \"sessionUpdate\": Cannot find field.", (await client.ExpectCloseAsync()).Reason);
    }

    [Fact]
    public async Task Token_with_any_lock_restricts_the_session()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host);
        using var http = gateway.CreateClient();
        foreach (var mask in (string[])["", "generationConfig.temperature"])
        {
            using var body = new StringContent(
                $$"""{"uses":1,"bidiGenerateContentSetup":{"generationConfig":{"temperature":0.5}{{(mask.Length == 0 ? ",\"model\":\"models/gemini-x\"" : "")}}},"fieldMask":"{{mask}}"}""",
                Encoding.UTF8, "application/json");
            using var response = await http.PostAsync(new Uri($"/v1/auth_tokens?key={LiveTestHost.Key}", UriKind.Relative), body);
            var token = JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("name").GetString();
            var next = upstream.NextAsync();
            await using var client = await LiveSocket.ConnectAsync(gateway, $"{LiveTestHost.Constrained.Replace("v1beta", "v1", StringComparison.Ordinal)}?access_token={token}");
            await client.SendJsonAsync("""{"setup":{"model":"models/gemini-x"}}""");
            var connection = await next;
            await connection.AcceptSetupAsync();
            await client.ReceiveUntilAsync(static f => f.Has("setupComplete"));

            await client.SendJsonAsync("""{"sessionUpdate":{}}""");

            Assert.Equal(1007, (await client.ExpectCloseAsync()).Code);
            Assert.DoesNotContain(connection.Received.Snapshot, static f => Encoding.UTF8.GetString(f.Payload).Contains("sessionUpdate", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Random_member_of_a_message_passes_only_if_the_schema_has_it()
    {
        var random = new Random(20_261_129);
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host, configure: static options => options.Policy.Modalities.Add("AUDIO"));
        for (var i = 0; i < 60; i++)
        {
            var known = random.Next(2) == 0;
            var name = known ? Known[random.Next(Known.Length)] : Mutated(random);
            if (known && random.Next(2) == 0)
                name = JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
            var (client, connection) = await gateway.OpenAsync(upstream);
            await using var _ = client;

            await client.SendJsonAsync($"{{\"{Spelled(name, random)}\":{{}}}}");

            if (known)
                await connection.TextAsync(static text => text.EndsWith(":{}}", StringComparison.Ordinal), $"the message {name}");
            else
                Assert.Equal(1007, (await client.ExpectCloseAsync()).Code);
        }
    }

    [Theory]
    [InlineData("""{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"AAAA"}}}""")]
    [InlineData("""{"realtimeInput":{"audio":{"data":"AAAA","mimeType":"audio/pcm;rate=16000"}}}""")]
    [InlineData("""{ "realtime_input" : { "audio" : { "data":"AAAA" , "mime_type":"audio/pcm" } } }""")]
    [InlineData("""{"realtimeInput":{"video":{"mimeType":"image/jpeg","data":"__--"}}}""")]
    [InlineData("""{"realtimeInput":{"mediaChunks":[{"mimeType":"audio/pcm","data":"AAAA"}]}}""")]
    [InlineData("""{"realtimeInput":{"activityStart":{}}}""")]
    [InlineData("""{"realtimeInput":{"audioStreamEnd":true}}""")]
    [InlineData("""{"clientContent":{"turns":{"role":"user","parts":{"text":"x"}},"turnComplete":true}}""")]
    [InlineData("""{"toolResponse":{"functionResponses":[{"id":"1","name":"f","response":{"anything":{"setup":[1]}}}]}}""")]
    public async Task Known_message_passes_unchanged(string message)
    {
        foreach (var policy in Policies())
        {
            await using var upstream = await RawUpstream.StartAsync();
            await using var gateway = await Gateway.StartAsync(upstream.Host, configure: options => options.Policy = policy);
            var (client, connection) = await gateway.OpenAsync(upstream);
            await using var _ = client;

            await client.SendJsonAsync(message);
            await client.SendJsonAsync(Plain);

            await connection.TextAsync(static text => text == Plain, "the last message");
            Assert.Equal(message, Encoding.UTF8.GetString(connection.Received.Snapshot[1].Payload));
        }
    }

    private static IEnumerable<RelayPolicy> Policies()
    {
        yield return new RelayPolicy { SystemInstruction = "Sell shoes." };
        yield return new RelayPolicy { Tools = "[]" };
        var policy = new RelayPolicy();
        policy.Modalities.Add("AUDIO");
        yield return policy;
    }

    private static string Mutated(Random random)
    {
        var name = Known[random.Next(Known.Length)];
        return random.Next(4) switch
        {
            0 => char.ToUpperInvariant(name[0]) + name[1..],
            1 => name + (char)random.Next('a', 'z'),
            2 => name[..^1],
            _ => string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => (char)random.Next('a', 'z'))),
        };
    }

    // With or without an escape: the same name.
    private static string Spelled(string name, Random random) => random.Next(2) == 0 ? name : $"\\u{(int)name[0]:x4}{name[1..]}";
}
