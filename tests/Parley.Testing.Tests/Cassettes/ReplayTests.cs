using System.Net;
using System.Net.WebSockets;
using System.Text;
using Parley.Server;
using Parley.Testing.Cassettes;

namespace Parley.Testing.Tests.Cassettes;

/// <summary>What a played cassette sends, and what it expects.</summary>
[Collection("Cassettes")]
public sealed class ReplayTests
{
    private const string Path = "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent?key=anything";
    private const string Setup = """{"setup":{"model":"models/m"}}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"realtimeInput":{"text":"one"}}""", """{"realtimeInput":{"text":"two"}}""", "realtimeInput.text: expected \"one\", was \"two\"")]
    [InlineData("""{"realtimeInput":{"text":"one"}}""", """{"realtime_input":{"text":"one","video":null}}""", null)]
    [InlineData("""{"realtimeInput":{"text":"one"}}""", """{"realtimeInput":{"text":"one","extra":1}}""", "realtimeInput.extra: expected no such member, was 1")]
    [InlineData("""{"clientContent":{"turns":[{"role":"user"}],"turnComplete":true}}""", """{"clientContent":{"turns":[{"role":"user"}]}}""", "clientContent.turnComplete: expected true, was absent")]
    [InlineData("""{"clientContent":{"turns":[{"role":"user"}]}}""", """{"clientContent":{"turns":[]}}""", "clientContent.turns[0]: expected {\"role\":\"user\"}, was absent")]
    [InlineData("""{"toolResponse":{"functionResponses":[{"id":"1","name":"f","response":{"n":1.0}}]}}""", """{"toolResponse":{"functionResponses":[{"id":"1","name":"f","response":{"n":1}}]}}""", null)]
    [InlineData("""{"toolResponse":{"functionResponses":[{"id":"1","name":"f","response":{"n":1}}]}}""", """{"toolResponse":{"functionResponses":[{"id":"1","name":"g","response":{"n":2}}]}}""", "toolResponse.functionResponses[0].name: expected \"f\", was \"g\"; connection 1, message 2: toolResponse.functionResponses[0].response.n: expected 1, was 2")]
    [InlineData("""{"realtimeInput":{"activityEnd":{}}}""", """{"realtimeInput":{"audioStreamEnd":true}}""", "expected realtimeInput.activityEnd, was realtimeInput.audioStreamEnd")]
    [InlineData("""{"realtimeInput":{"text":"one"}}""", "no JSON", "expected realtimeInput.text, was not JSON no JSON")]
    public async Task Difference_is_named_by_message_and_member(string recorded, string sent, string? expected)
    {
        await using var server = await PlayAsync(Tape((1, Setup), (-1, """{"setupComplete":{}}"""), (1, recorded), (-1, """{"a":1}""")));
        using var socket = await server.OpenAsync(Path);

        await socket.SendAsync(Setup);
        await socket.SendAsync(sent);
        Assert.Equal("""{"setupComplete":{}}""", await socket.ReceiveAsync());

        if (expected is null)
        {
            Assert.Equal("""{"a":1}""", await socket.ReceiveAsync());
            server.Verify();
            return;
        }
        Assert.Equal("close", await socket.ReceiveAsync());
        Assert.Equal(1008, (int)socket.CloseStatus!);
        Assert.Contains($"* connection 1, message 2: {expected}", Assert.Throws<ExpectationException>(server.Verify).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CassetteMatch.Everything & ~CassetteMatch.Text, null)]
    [InlineData(CassetteMatch.Nothing, null)]
    [InlineData(CassetteMatch.Everything, "realtimeInput.text")]
    [InlineData(CassetteMatch.Everything, null)]
    public async Task Parts_that_need_not_match_are_not_compared(CassetteMatch match, string? ignored)
    {
        await using var server = await PlayAsync(Tape((1, Setup), (1, """{"realtimeInput":{"text":"one"}}""")), options =>
        {
            options.Match = match;
            if (ignored is not null)
                options.Ignore.Add(ignored);
        });
        using var socket = await server.OpenAsync(Path);

        await socket.SendAsync(Setup);
        await socket.SendAsync("""{"realtimeInput":{"text":"two"}}""");
        await server.QuietAsync(Cancellation);

        if (match == CassetteMatch.Everything && ignored is null)
            Assert.Throws<ExpectationException>(server.Verify);
        else
            server.Verify();
    }

    [Theory]
    [InlineData("setup.tools[].name", "setup.tools[3].name", true)]
    [InlineData("setup.tools", "setup.tools[3].name", true)]
    [InlineData("setup.tool", "setup.tools[3].name", false)]
    public async Task Ignored_member_is_left_out_with_everything_below(string ignored, string path, bool isIgnored)
    {
        var element = path.StartsWith("setup.tools[3]", StringComparison.Ordinal) ? """[{},{},{},{"name":"NAME"}]""" : "";
        var message = """{"setup":{"tools":VALUE}}""".Replace("VALUE", element, StringComparison.Ordinal);
        await using var server = await PlayAsync(Tape((1, message)), options => options.Ignore.Add(ignored));
        using var socket = await server.OpenAsync(Path);

        await socket.SendAsync(message.Replace("NAME", "other", StringComparison.Ordinal));
        await server.QuietAsync(Cancellation);

        if (isIgnored)
            server.Verify();
        else
            Assert.Contains("setup.tools[3].name", Assert.Throws<ExpectationException>(server.Verify).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_extra_and_unopened_are_reported()
    {
        var tape = Tape((1, Setup), (1, """{"realtimeInput":{"text":"one"}}"""), (1, """{"realtimeInput":{"activityEnd":{}}}"""), (2, Setup));
        await using var server = await PlayAsync(tape, static options => options.IsStrict = false);
        using var socket = await server.OpenAsync(Path);

        await socket.SendAsync(Setup);
        await socket.SendAsync("""{"realtimeInput":{"activityEnd":{}}}""");
        await socket.SendAsync("""{"realtimeInput":{"text":"late"}}""");
        await server.QuietAsync(Cancellation);

        var message = Assert.Throws<ExpectationException>(server.Verify).Message;
        Assert.Contains("* connection 1, message 2: realtimeInput.text {\"realtimeInput\":{\"text\":\"one\"}} was not sent", message, StringComparison.Ordinal);
        Assert.Contains("* connection 1: unexpected message after the last recorded one: realtimeInput.text", message, StringComparison.Ordinal);
        Assert.Contains("* connection 2 was not opened", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Message_that_was_never_sent_is_reported_at_the_end()
    {
        await using var server = await PlayAsync(Tape((1, Setup), (1, """{"realtimeInput":{"text":"one"}}"""), (-1, """{"a":1}""")));
        using var socket = await server.OpenAsync(Path);

        await socket.SendAsync(Setup);
        await server.QuietAsync(Cancellation);

        Assert.Contains("connection 1, message 2: realtimeInput.text {\"realtimeInput\":{\"text\":\"one\"}} was not sent", Assert.Throws<ExpectationException>(server.Verify).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_may_come_in_another_order_if_order_does_not_count()
    {
        await using var server = await PlayAsync(
            Tape((1, Setup), (1, """{"realtimeInput":{"text":"one"}}"""), (1, """{"realtimeInput":{"text":"two"}}"""), (-1, """{"a":1}""")), static options => options.Match &= ~CassetteMatch.Order);
        using var socket = await server.OpenAsync(Path);

        await socket.SendAsync(Setup);
        await socket.SendAsync("""{"realtimeInput":{"text":"two"}}""");
        await socket.SendAsync("""{"realtimeInput":{"text":"one"}}""");

        Assert.Equal("""{"a":1}""", await socket.ReceiveAsync());
        server.Verify();
    }

    [Fact]
    public async Task Audio_counts_by_its_amount_and_not_by_its_chunks()
    {
        await using var server = await PlayAsync(Tape((1, Setup), (1, Audio(500)), (1, Audio(500)), (-1, """{"a":1}"""), (1, Audio(1_000)), (-1, """{"b":1}""")));
        using var socket = await server.OpenAsync(Path);
        await socket.SendAsync(Setup);

        for (var i = 0; i < 9; i++)
            await socket.SendAsync(Audio(100));
        await server.QuietAsync(Cancellation);
        Assert.DoesNotContain(server.Journal.Entries, static entry => entry.Direction == LiveDirection.ToClient);
        Assert.Contains("2 server messages wait for audio of the client: 0.9 s of 1.0 s came", Assert.Throws<ExpectationException>(server.Verify).Message, StringComparison.Ordinal);
        await socket.SendAsync(Audio(100));
        Assert.Equal("""{"a":1}""", await socket.ReceiveAsync());
        await socket.SendAsync(Audio(900));

        Assert.Equal("""{"b":1}""", await socket.ReceiveAsync());
        server.Verify();
    }

    [Fact]
    public async Task Setup_completes_although_the_recorded_client_did_not_wait_for_it()
    {
        await using var server = await PlayAsync(Tape((1, Setup), (1, """{"realtimeInput":{"text":"one"}}"""), (-1, """{"setupComplete":{}}"""), (-1, """{"a":1}""")));
        using var socket = await server.OpenAsync(Path);

        await socket.SendAsync(Setup);

        Assert.Equal("""{"setupComplete":{}}""", await socket.ReceiveAsync());
        await socket.SendAsync("""{"realtimeInput":{"text":"one"}}""");
        Assert.Equal("""{"a":1}""", await socket.ReceiveAsync());
    }

    [Fact]
    public async Task Original_pace_passes_on_the_virtual_clock()
    {
        await using var server = await PlayAsync(Tape(TimeSpan.FromSeconds(2), (1, Setup), (-1, """{"a":1}"""), (-1, """{"b":1}""")), static options => options.Pace = CassettePace.Original);
        using var socket = await server.OpenAsync(Path);
        await socket.SendAsync(Setup);

        await server.AdvanceAsync(TimeSpan.FromSeconds(10), Cancellation);

        Assert.Equal([0, 2, 4], server.Journal.Entries.Select(static entry => entry.Time.TotalSeconds));
    }

    [Fact]
    public async Task Parallel_sessions_are_told_apart_by_their_setups()
    {
        var (one, two) = ("""{"setup":{"model":"models/one"}}""", """{"setup":{"model":"models/two"}}""");
        await using var server = await PlayAsync(Tape((1, one), (-1, """{"a":1}"""), (2, two), (-2, """{"b":1}""")));
        using var first = await server.OpenAsync(Path);
        using var second = await server.OpenAsync(Path);

        await first.SendAsync(two);
        await second.SendAsync(one);

        Assert.Equal(["""{"b":1}""", """{"a":1}"""], [await first.ReceiveAsync(), await second.ReceiveAsync()]);
        server.Verify();
    }

    [Fact]
    public async Task Symbols_have_the_same_live_value_everywhere()
    {
        var cassette = Tape(
            (1, Setup), (-1, """{"sessionResumptionUpdate":{"newHandle":"a-long-handle"}}"""), (-1, """{"toolCall":{"functionCalls":[{"id":"call-of-the-day"}]}}"""),
            (1, """{"toolResponse":{"functionResponses":[{"id":"call-of-the-day"}]}}"""), (2, """{"setup":{"sessionResumption":{"handle":"a-long-handle"}}}"""));
        var folder = Directory.CreateTempSubdirectory("parley-cassettes-");
        cassette.Save(System.IO.Path.Combine(folder.FullName, "x.cassette"));
        await using var server = await PlayAsync(Cassette.Load(System.IO.Path.Combine(folder.FullName, "x.cassette")));
        folder.Delete(recursive: true);
        using var first = await server.OpenAsync(Path);
        await first.SendAsync(Setup);

        var handle = System.Text.Json.Nodes.JsonNode.Parse(await first.ReceiveAsync())!["sessionResumptionUpdate"]!["newHandle"]!.ToString();
        var call = System.Text.Json.Nodes.JsonNode.Parse(await first.ReceiveAsync())!["toolCall"]!["functionCalls"]![0]!["id"]!.ToString();
        await first.SendAsync("""{"toolResponse":{"functionResponses":[{"id":"VALUE"}]}}""".Replace("VALUE", call, StringComparison.Ordinal));
        using var second = await server.OpenAsync(Path);
        await second.SendAsync("""{"setup":{"sessionResumption":{"handle":"VALUE"}}}""".Replace("VALUE", handle, StringComparison.Ordinal));
        await server.QuietAsync(Cancellation);

        server.Verify();
        Assert.DoesNotContain("a-long-handle", handle, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refused_upgrade_and_close_before_any_message_are_played()
    {
        var builder = new CassetteBuilder();
        builder.Open(1, "/ws/x", 429);
        builder.Open(2, "/ws/x");
        builder.Close(2, default, LiveDirection.ToClient, 1007, "API key not valid.");
        await using var server = await PlayAsync(builder.Build(null));

        using var refused = new ClientWebSocket();
        refused.Options.CollectHttpResponseDetails = true;
        await Assert.ThrowsAsync<WebSocketException>(() => refused.ConnectAsync(new Uri("ws://parley.test" + Path), server.Invoker, Cancellation));
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.HttpStatusCode);
        using var closed = await server.OpenAsync(Path);

        Assert.Equal("close", await closed.ReceiveAsync());
        Assert.Equal((1007, "API key not valid."), ((int)closed.CloseStatus!, closed.CloseStatusDescription));
        server.Verify();
    }

    [Fact]
    public async Task Client_beyond_the_cassette_is_closed_with_the_reason()
    {
        await using var server = await PlayAsync(Tape((1, Setup)));
        using var first = await server.OpenAsync(Path);
        using var second = await server.OpenAsync(Path);
        await first.SendAsync(Setup);
        await server.QuietAsync(Cancellation);

        await second.SendAsync(Setup);

        Assert.Equal("close", await second.ReceiveAsync());
        Assert.Contains("all 1 connections of the cassette were played, and a client has opened another", Assert.Throws<ExpectationException>(server.Verify).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent")]
    [InlineData("//ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContentConstrained?access_token=x")]
    public async Task Any_path_of_the_API_is_served(string path)
    {
        await using var server = await PlayAsync(Tape((1, Setup), (-1, """{"a":1}""")));
        using var socket = await server.OpenAsync(path);

        await socket.SendAsync(Setup);

        Assert.Equal("""{"a":1}""", await socket.ReceiveAsync());
    }

    [Fact]
    public async Task Token_is_created_for_clients_that_begin_with_one_and_other_requests_are_refused()
    {
        await using var server = await PlayAsync(Tape((1, Setup)));
        using var client = new HttpClient(new InvokerHandler(server.Invoker));

        var token = await client.PostAsync(new Uri("http://parley.test/v1alpha/auth_tokens"), null, Cancellation);
        var models = await client.GetAsync(new Uri("http://parley.test/v1beta/models"), Cancellation);

        Assert.Equal("""{"name":"auth_tokens/replayed"}""", await token.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(HttpStatusCode.NotFound, models.StatusCode);
    }

    [Fact]
    public async Task Rules_are_refused_by_a_server_that_plays_a_cassette()
    {
        await using var server = await PlayAsync(Tape((1, Setup)));

        Assert.Contains("The server plays a cassette", Assert.Throws<InvalidOperationException>(() => server.When("lamp")).Message, StringComparison.Ordinal);
    }

    private static Task<LiveTestServer> PlayAsync(Cassette cassette, Action<CassetteOptions>? configure = null) =>
        LiveTestServer.StartAsync(options => options.UseCassette(cassette, configure), Cancellation);

    private static string Audio(int milliseconds) => """{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"VALUE"}}}""".Replace("VALUE", Convert.ToBase64String(new byte[milliseconds * 32]), StringComparison.Ordinal);

    private static Cassette Tape(params (int Connection, string Message)[] messages) => Tape(TimeSpan.Zero, messages);

    // A positive number is a message of the client of this connection, a negative one of the server.
    private static Cassette Tape(TimeSpan every, params (int Connection, string Message)[] messages)
    {
        var builder = new CassetteBuilder();
        for (var i = 0; i < messages.Length; i++)
        {
            builder.Add(
                Math.Abs(messages[i].Connection), every * i, messages[i].Connection > 0 ? LiveDirection.FromClient : LiveDirection.ToClient, WebSocketMessageType.Text,
                Encoding.UTF8.GetBytes(messages[i].Message));
        }
        return builder.Build(null);
    }

    private sealed class InvokerHandler(HttpMessageInvoker invoker) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => invoker.SendAsync(request, cancellationToken);
    }
}
