using System.Net;
using System.Text.Json;
using Parley.Protocol;
using Parley.Server.Tests.Relay;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Server.Tests.Endpoints;

/// <summary>The path of Vertex clients (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#15-vertex-differences-in-one-place">protocol 15</see>).</summary>
public sealed class VertexTests
{
    private const string Setup = """{"setup":{"model":"projects/p/locations/europe-west4/publishers/google/models/gemini-live-2.5-flash-native-audio"}}""";

    [Theory]
    [InlineData("v1", "Authorization", "Bearer " + LiveTestHost.Key)]
    [InlineData("v1beta1", "Authorization", "Bearer " + LiveTestHost.Key)]
    [InlineData("v1", "x-goog-api-key", LiveTestHost.Key)]
    [InlineData("v1beta1", "x-goog-api-key", LiveTestHost.Key)]
    public async Task Bearer_and_express_key_open_a_session(string version, string header, string value)
    {
        await using var host = await LiveTestHost.StartAsync(new EchoModel());
        await using var client = await LiveSocket.ConnectAsync(host, PathOf(version), options => options.SetRequestHeader(header, value));

        await client.SendJsonAsync(Setup);

        Assert.Matches("^[0-9a-f]{32}$", (await client.ReceiveAsync()).At("setupComplete", "sessionId")!.Value.GetString()!);
        await client.EchoAsync("hello");
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("Authorization", "Bearer wrong")]
    [InlineData("Authorization", "Basic cGFybGV5")]
    [InlineData("x-goog-api-key", "wrong")]
    public async Task Bad_credential_is_refused_in_place_of_the_upgrade(string? header, string? value)
    {
        await using var host = await LiveTestHost.StartAsync(new EchoModel());

        var status = await host.ExpectRefusedAsync(PathOf("v1beta1"), options =>
        {
            if (header is not null)
                options.SetRequestHeader(header, value);
        });

        Assert.Equal(HttpStatusCode.Unauthorized, status);
    }

    [Fact]
    public async Task Ephemeral_token_is_refused()
    {
        await using var host = await LiveTestHost.StartAsync(new EchoModel());
        using var http = host.CreateClient();
        using var response = await http.PostAsync(new Uri($"/v1/auth_tokens?key={LiveTestHost.Key}", UriKind.Relative), null);
        var token = JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("name").GetString()!;

        Assert.Equal(HttpStatusCode.Unauthorized, await host.ExpectRefusedAsync(PathOf("v1"), options => options.SetRequestHeader("Authorization", "Bearer " + token)));
    }

    [Fact]
    public async Task Usage_has_the_names_of_Vertex()
    {
        var model = new EchoModel();
        await using var host = await LiveTestHost.StartAsync(model);
        await using var client = await OpenAsync(host);
        var session = await model.FirstSessionAsync();
        var usage = new UsageMetadata
        {
            PromptTokenCount = 1,
            ResponseTokenCount = 2,
            TotalTokenCount = 3,
            ResponseTokensDetails = [new ModalityTokenCount { Modality = Modality.Audio, TokenCount = 2 }],
            ServiceTier = ServiceTier.Standard,
        };

        session.Output.Send(new LiveSessionResponse { UsageMetadata = usage });

        var received = await client.ReceiveUntilAsync(static f => f.Has("usageMetadata"));
        Assert.Equal(
            """{"promptTokenCount":1,"totalTokenCount":3,"trafficType":"ON_DEMAND","candidatesTokenCount":2,"candidatesTokensDetails":[{"modality":"AUDIO","tokenCount":2}]}""",
            JsonSerializer.Serialize(received.At("usageMetadata")));
        // The model's own message is unchanged: a recorder or meter may still read it.
        Assert.Equal(2, usage.ResponseTokenCount);
    }

    [Fact]
    public async Task Usage_on_the_path_of_the_Developer_API_is_unchanged()
    {
        var model = new EchoModel();
        await using var host = await LiveTestHost.StartAsync(model);
        await using var client = await host.OpenAsync();

        (await model.FirstSessionAsync()).Output.Send(new LiveSessionResponse { UsageMetadata = new UsageMetadata { ResponseTokenCount = 2 } });

        var received = await client.ReceiveUntilAsync(static f => f.Has("usageMetadata"));
        Assert.Equal("""{"responseTokenCount":2}""", JsonSerializer.Serialize(received.At("usageMetadata")));
    }

    [Fact]
    public async Task Response_without_an_id_answers_the_oldest_open_call_of_its_function()
    {
        var model = new EchoModel();
        await using var host = await LiveTestHost.StartAsync(model);
        await using var client = await OpenAsync(host);
        var session = await model.FirstSessionAsync();
        session.Output.Send(new LiveSessionResponse
        {
            ToolCall = new ToolCall
            {
                FunctionCalls = [Call("1", "f"), Call("2", "g"), Call("3", "f"), Call("4", "f"), Call("5", "f")],
            },
        });
        session.Output.Send(new LiveSessionResponse { ToolCallCancellation = new ToolCallCancellation { Ids = ["3"] } });
        await client.ReceiveUntilAsync(static f => f.Has("toolCallCancellation"));

        await client.SendJsonAsync("""{"toolResponse":{"functionResponses":[{"name":"f","willContinue":true},{"name":"f"},{"name":"f"},{"id":"5","name":"f"},{"name":"g"},{"name":"h"}]}}""");

        var heard = (LiveSessionRequest)await session.Heard.FirstAsync(static message => message is LiveSessionRequest, "the responses");
        Assert.Equal(["1", "1", "4", "5", "2", null], heard.ToolResponse!.FunctionResponses!.Select(static response => response.Id));
    }

    [Fact]
    public async Task Sensitivities_are_low_unless_the_client_sets_them()
    {
        var model = new EchoModel();
        await using var host = await LiveTestHost.StartAsync(model);
        await using var first = await OpenAsync(host);
        await using var second = await OpenAsync(
            host, """{"setup":{"model":"publishers/google/models/gemini-x","realtimeInputConfig":{"automaticActivityDetection":{"startOfSpeechSensitivity":"START_SENSITIVITY_HIGH","silenceDurationMs":300}}}}""");

        var detections = model.Sessions.Snapshot.Select(static session => session.Start.Setup.RealtimeInputConfig!.AutomaticActivityDetection!).ToArray();

        Assert.Equal((StartSensitivity.Low, EndSensitivity.Low), (detections[0].StartOfSpeechSensitivity, detections[0].EndOfSpeechSensitivity));
        Assert.Equal((StartSensitivity.High, EndSensitivity.Low, 300), (detections[1].StartOfSpeechSensitivity, detections[1].EndOfSpeechSensitivity, detections[1].SilenceDurationMs));
    }

    [Fact]
    public async Task Relayed_session_of_a_Vertex_client_is_unchanged()
    {
        await using var upstream = await RawUpstream.StartAsync();
        const string path = "/ws/google.cloud.aiplatform.v1.LlmBidiService/BidiGenerateContent";
        await using var gateway = await Gateway.StartAsync(upstream.Host, configure: static options =>
        {
            options.Upstreams[0].Url = new Uri("http://upstream.test" + path);
            options.Upstreams[0].IsBearer = true;
        });
        const string setup = """{"setup":{"model":"projects/p/locations/l/publishers/google/models/gemini-x","sessionResumption":{}}}""";
        var next = upstream.NextAsync();
        await using var client = await LiveSocket.ConnectAsync(gateway, PathOf("v1beta1"), static options => options.SetRequestHeader("Authorization", "Bearer " + LiveTestHost.Key));
        await client.SendJsonAsync(setup);
        var connection = await next;
        await connection.AcceptSetupAsync("""{"setupComplete":{}}""");

        Assert.Equal(setup, await connection.SetupAsync());
        Assert.Equal((path, "Bearer " + Gateway.UpstreamKey), (connection.Path, connection.Headers["Authorization"]));
        Assert.Null((await client.ReceiveAsync()).At("setupComplete", "sessionId"));
    }

    private static string PathOf(string version) => $"/ws/google.cloud.aiplatform.{version}.LlmBidiService/BidiGenerateContent";

    private static FunctionCall Call(string id, string name) => new() { Id = id, Name = name };

    private static async Task<LiveSocket> OpenAsync(InMemoryHost host, string setup = Setup)
    {
        var client = await LiveSocket.ConnectAsync(host, PathOf("v1beta1"), static options => options.SetRequestHeader("Authorization", "Bearer " + LiveTestHost.Key));
        await client.SendJsonAsync(setup);
        await client.ReceiveUntilAsync(static f => f.Has("setupComplete"), "setupComplete");
        return client;
    }
}
