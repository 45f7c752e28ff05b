using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.AI;
using Parley.Client;
using Parley.Protocol;
using Parley.Server;

namespace Parley.Testing.Tests;

/// <summary>Models of other days, other rules, and the path of Vertex.</summary>
public sealed class ProfileTests
{
    private const string VertexPath = "ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("2026-05-01", true)]
    [InlineData("2026-11-01", false)]
    public async Task Model_has_the_rules_of_the_day(string day, bool isRefused)
    {
        await using var server = await LiveTestServer.StartAsync(options => options.ModelsAsOf = DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture), Cancellation);
        server.When("hello").Says("Hi.").Optional();
        await using var call = await Conversing.StartAsync(
            server, new LiveSetup { Model = Conversing.BlockingModel, OutputTranscription = true }, static options => options.Resumption.Enabled = false);

        await call.Session.SendContentAsync([new Content { Role = "user", Parts = [new Part { Text = "hello" }] }], cancellationToken: Cancellation);

        if (isRefused)
            Assert.Equal(EndCause.InvalidArgument, (await Expect.WithinAsync(call.Session.Completion, "the session ends", Cancellation)).Cause);
        else
            await call.TurnsAsync(1);
    }

    [Fact]
    public async Task Any_model_can_have_the_rules_of_another()
    {
        await using var server = await LiveTestServer.StartAsync(static options => options.Profile = ModelProfiles.NativeAudio25, Cancellation);
        server.When("lamp").Calls("set_lamp").Says("Done.");
        var tool = AIFunctionFactory.Create(static () => "on", "set_lamp");
        await using var session = await server.CreateClient().ConnectAsync(new LiveSetup { Model = "my-own-model", OutputTranscription = true, Tools = [tool] }, Cancellation);

        var answer = await session.AskAsync("lamp", Cancellation);

        // A blocking call of 2.5 ends its turn at once.
        Assert.Equal(("Done.", 2), (answer.Text, answer.Turns));
    }

    [Fact]
    public async Task Strict_server_refuses_a_model_that_was_shut_down()
    {
        await using var server = await LiveTestServer.StartAsync(static options => options.IsStrict = true, Cancellation);

        var error = await Assert.ThrowsAsync<LiveConnectException>(() => server.CreateClient().ConnectAsync(new LiveSetup { Model = "gemini-2.0-flash-live-001" }, Cancellation));

        Assert.Equal(EndCause.UnknownModel, error.Cause);
    }

    [Fact]
    public async Task Vertex_client_is_served_in_its_dialect()
    {
        await using var server = await LiveTestServer.StartAsync(static options => options.IsStrict = true, Cancellation);
        server.When("lamp").Calls("set_lamp").Says("Done.");
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer " + server.ApiKey);
        await socket.ConnectAsync(new UriBuilder(new Uri(server.BaseAddress, VertexPath)) { Scheme = "ws", Port = -1 }.Uri, server.Invoker, Cancellation);

        await SendAsync("""{"setup":{"model":"projects/p/locations/l/publishers/google/models/gemini-3.8-live","tools":[{"functionDeclarations":[{"name":"set_lamp","behavior":"BLOCKING"}]}]}}""");
        Assert.Matches("^[0-9a-f]{32}$", (await ReceiveAsync(static message => message.SetupComplete is not null)).SetupComplete!.SessionId);
        await SendAsync("""{"realtimeInput":{"text":"lamp"}}""");
        var call = (await ReceiveAsync(static message => message.ToolCall is not null)).ToolCall!.FunctionCalls!.Single();
        await SendAsync("""{"toolResponse":{"functionResponses":[{"name":"set_lamp","response":{"on":true}}]}}""");
        var end = await ReceiveAsync(static message => message.ServerContent?.TurnComplete is true);

        Assert.Equal((null, "set_lamp"), (call.Id, call.Name));
        Assert.Equal((true, null, TrafficType.OnDemand), (end.UsageMetadata!.CandidatesTokenCount > 0, end.UsageMetadata.ResponseTokenCount, end.UsageMetadata.TrafficType));
        server.Verify();

        async Task SendAsync(string json) => await socket.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, true, Cancellation);

        async Task<LiveSessionResponse> ReceiveAsync(Func<LiveSessionResponse, bool> matches)
        {
            var buffer = new byte[1 << 16];
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(), Cancellation);
                Assert.NotEqual(WebSocketMessageType.Close, received.MessageType);
                if (LiveCodec.DecodeResponse(buffer.AsSpan(0, received.Count)) is var message && matches(message))
                    return message;
            }
        }
    }

    [Fact]
    public async Task Vertex_client_with_another_bearer_is_refused_over_http()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Authorization", "Bearer wrong");

        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new UriBuilder(new Uri(server.BaseAddress, VertexPath)) { Scheme = "ws", Port = -1 }.Uri, server.Invoker, Cancellation));

        Assert.Equal(HttpStatusCode.Unauthorized, socket.HttpStatusCode);
    }
}
