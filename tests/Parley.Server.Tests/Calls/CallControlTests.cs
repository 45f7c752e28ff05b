using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Parley.Protocol;
using Parley.Server.Endpoints;
using Parley.Server.Tests.Access;
using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Calls;

/// <summary>Another process takes part in a call by HTTP.</summary>
public sealed class CallControlTests
{
    private const string OtherKey = "another-key-of-this-server";

    private readonly EchoModel _model = new() { CompletesTurns = true };
    private readonly TestClock _clock = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Calls_of_a_key_are_listed_and_those_of_others_are_not_found()
    {
        await using var host = await StartAsync();
        using var mine = Client(host, LiveTestHost.Key);
        using var other = Client(host, OtherKey);
        using var nobody = host.CreateClient();
        await using var client = await host.OpenAsync();

        var call = Assert.Single((await mine.GetFromJsonAsync<JsonElement>("/live/calls", Cancellation)).GetProperty("calls").EnumerateArray());

        var id = call.GetProperty("id").GetString();
        Assert.Equal("models/gemini-2.5-flash-native-audio-preview-12-2025", call.GetProperty("model").GetString());
        Assert.Empty((await other.GetFromJsonAsync<JsonElement>("/live/calls", Cancellation)).GetProperty("calls").EnumerateArray());
        Assert.Equal(HttpStatusCode.NotFound, await PostAsync(other, $"/live/calls/{id}/end", "{}"));
        Assert.Equal(HttpStatusCode.NotFound, await PostAsync(mine, "/live/calls/unknown/end", "{}"));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(nobody, $"/live/calls/{id}/end", "{}"));
        await client.EchoAsync("still there");
    }

    [Fact]
    public async Task Control_key_reaches_the_calls_of_all_keys_and_users()
    {
        await using var host = await SignIn.StartAsync(_model, live: static live => live.UseCallControl().UseUsers(LiveUser.From), authorizes: false, app: static app => app.MapLiveCalls(), options: static options =>
        {
            options.ApiKeys.Add(OtherKey);
            options.Calls.ControlKeys.Add(OtherKey);
        });
        using var mine = Client(host, LiveTestHost.Key);
        using var control = Client(host, OtherKey);
        await using var ofKey = await host.OpenAsync();
        await using var ofUser = await host.OpenWithJwtAsync(SignIn.Jwt());

        var calls = (await control.GetFromJsonAsync<JsonElement>("/live/calls", Cancellation)).GetProperty("calls").EnumerateArray().ToList();

        var user = Assert.Single(calls, static call => call.GetProperty("keyId").GetString()!.StartsWith("user-", StringComparison.Ordinal));
        Assert.Equal(2, calls.Count);
        Assert.Single((await mine.GetFromJsonAsync<JsonElement>("/live/calls", Cancellation)).GetProperty("calls").EnumerateArray());
        Assert.Equal(HttpStatusCode.NotFound, await PostAsync(mine, $"/live/calls/{user.GetProperty("id")}/end", "{}"));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(control, $"/live/calls/{user.GetProperty("id")}/end", """{"code":4001,"reason":"closed"}"""));
        Assert.Equal(4_001, (await ofUser.ExpectCloseAsync(skipMessages: true)).Code);
        await ofKey.EchoAsync("still there");
    }

    [Fact]
    public async Task User_controls_no_call_from_outside()
    {
        await using var host = await SignIn.StartAsync(_model, live: static live => live.UseCallControl(), app: static app => app.MapLiveCalls().RequireAuthorization());
        await using var client = await host.OpenWithJwtAsync(SignIn.Jwt());
        using var http = host.CreateClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", SignIn.Jwt());

        using var list = await http.GetAsync(new Uri("/live/calls", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.Forbidden, list.StatusCode);
        Assert.Contains("not with the sign-in of a user", await list.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(http, $"/live/calls/{(await _model.FirstSessionAsync()).Start.SessionId}/end", "{}"));
        await client.EchoAsync("still there");
    }

    [Fact]
    public async Task Text_cut_and_end_work_and_each_is_in_the_audit_log()
    {
        await using var host = await StartAsync();
        using var http = Client(host, LiveTestHost.Key);
        await using var client = await host.OpenAsync();
        var session = await _model.FirstSessionAsync();
        var id = session.Start.SessionId;

        Assert.Equal(HttpStatusCode.OK, await PostAsync(http, $"/live/calls/{id}/text", """{"text":"Say hello."}"""));
        await session.Heard.FirstAsync(static heard => heard is LiveSessionRequest { RealtimeInput.Text: "Say hello." }, "the text is heard");
        Assert.Equal(HttpStatusCode.OK, await PostAsync(http, $"/live/calls/{id}/instruction", """{"text":"Be brief."}"""));
        await session.Heard.FirstAsync(static heard => heard is LiveSessionRequest { ContextUpdate: not null }, "the instruction is heard");
        session.Output.SendMedia(new LiveMedia(1, 1, new byte[480], "Well"));
        await client.ReceiveUntilAsync(static frame => frame.At("serverContent", "modelTurn") is { } turn && turn.GetRawText().Contains("inlineData", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(http, $"/live/calls/{id}/cut", null));
        await client.ReceiveUntilAsync(static frame => frame.At("serverContent", "interrupted") is not null);
        Assert.Equal(HttpStatusCode.OK, await PostAsync(http, $"/live/calls/{id}/end", """{"code":4001,"reason":"closed"}"""));

        Assert.Equal(4_001, (await client.ExpectCloseAsync(skipMessages: true)).Code);
        var audit = await host.Services.GetRequiredService<IAuditStore>().ListAsync(10, Cancellation);
        Assert.Equal(["call.ended", "call.cut", "call.instruction", "call.text"], audit.Select(static entry => entry.Action));
        Assert.All(audit, entry => Assert.Equal(id, entry.Subject));
    }

    [Fact]
    public async Task Another_process_adds_a_function_reads_its_call_and_answers_it()
    {
        await using var host = await StartAsync();
        using var http = Client(host, LiveTestHost.Key);
        await using var client = await host.OpenAsync();
        var session = await _model.FirstSessionAsync();
        var id = session.Start.SessionId;
        using var stream = await http.GetAsync(new Uri($"/live/calls/{id}/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Cancellation);
        using var events = new StreamReader(await stream.Content.ReadAsStreamAsync(Cancellation));
        Assert.Equal("alive", (await NextAsync(events)).GetProperty("type").GetString());

        Assert.Equal(HttpStatusCode.OK, await PostAsync(http, $"/live/calls/{id}/tools", """{"functionDeclarations":[{"name":"balance","description":"Reads the balance.","parameters":{"type":"OBJECT","properties":{"account":{"type":"STRING"}}}}]}"""));
        var update = (LiveSessionRequest)await session.Heard.FirstAsync(static heard => heard is LiveSessionRequest { ContextUpdate: not null }, "the function is declared");
        Assert.Equal("balance", update.ContextUpdate!.Tools!.Tools!.Single().FunctionDeclarations!.Single().Name);
        session.Output.Send(new LiveSessionResponse { ToolCall = new ToolCall { FunctionCalls = [new FunctionCall { Id = "b1", Name = "balance", Args = JsonElement.Parse("""{"account":"7"}""") }] } });
        var called = await NextAsync(events);
        Assert.Equal(("tool.called", "b1", """{"account":"7"}"""), (called.GetProperty("type").GetString(), called.GetProperty("data").GetProperty("callId").GetString(), called.GetProperty("data").GetProperty("arguments").GetRawText()));
        Assert.Equal(HttpStatusCode.NotFound, await PostAsync(http, $"/live/calls/{id}/tools/b2", """{"response":{}}"""));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(http, $"/live/calls/{id}/tools/b1", """{"response":7}"""));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(http, $"/live/calls/{id}/tools/b1", """{"response":{"euros":12}}"""));

        var answer = (LiveSessionRequest)await session.Heard.FirstAsync(static heard => heard is LiveSessionRequest { ToolResponse: not null }, "the call is answered");
        Assert.Equal("""{"euros":12}""", answer.ToolResponse!.FunctionResponses!.Single().Response!.Value.GetRawText());
        Assert.Equal("tool.answered", (await NextAsync(events)).GetProperty("type").GetString());
        Assert.DoesNotContain(client.Received, static frame => frame.Has("toolCall"));
        await _clock.AdvanceAsync(CallEndpoints.SignOfLife, Cancellation);
        Assert.Equal("alive", (await NextAsync(events)).GetProperty("type").GetString());
        await client.Socket.CloseAsync(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, null, Cancellation);
        Assert.Equal("session.ended", (await NextAsync(events)).GetProperty("type").GetString());
        Assert.Null(await Expect.WithinAsync(events.ReadLineAsync(Cancellation).AsTask(), "the stream ends"));
    }

    [Theory]
    [InlineData("text", """{"text":""}""", "text must not be empty.")]
    [InlineData("text", """{"txt":"hello"}""", "The body must be a JSON object without unknown members.")]
    [InlineData("text", "[]", "The body must be a JSON object without unknown members.")]
    [InlineData("text", "no json", "The body must be a JSON object without unknown members.")]
    [InlineData("end", """{"code":1005}""", "code must be 1000, 1008, or from 3000 to 4999.")]
    [InlineData("tools", """{"functionDeclarations":[]}""", "functionDeclarations must have at least one function")]
    [InlineData("tools", """{"functionDeclarations":[{"name":"f","unknown":1}]}""", "Unknown name")]
    [InlineData("tools", "{}", "functionDeclarations must be a list.")]
    public async Task Wrong_body_is_refused_and_does_nothing(string verb, string body, string expected)
    {
        await using var host = await StartAsync();
        using var http = Client(host, LiveTestHost.Key);
        await using var client = await host.OpenAsync();
        var session = await _model.FirstSessionAsync();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        using var response = await http.PostAsync(new Uri($"/live/calls/{session.Start.SessionId}/{verb}", UriKind.Relative), content, Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(expected, (await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        await client.EchoAsync("still there");
        Assert.Single(session.Heard.Snapshot);
    }

    [Fact]
    public async Task Control_that_was_not_enabled_cannot_be_mapped()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => LiveTestHost.StartAsync(_model, app: static app => app.MapLiveCalls()));

        Assert.Equal("Call AddLiveApi().UseCallControl() before MapLiveCalls().", failure.Message);
    }

    private static async Task<JsonElement> NextAsync(StreamReader events) =>
        JsonElement.Parse(await Expect.WithinAsync(events.ReadLineAsync(Cancellation).AsTask(), "a line") ?? throw new InvalidOperationException("The stream has ended."));

    private static async Task<HttpStatusCode> PostAsync(HttpClient http, string path, string? body)
    {
        using var content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri(path, UriKind.Relative), content, Cancellation);
        return response.StatusCode;
    }

    private static HttpClient Client(InMemoryHost host, string key)
    {
        var http = host.CreateClient();
        http.DefaultRequestHeaders.Add("x-goog-api-key", key);
        return http;
    }

    private Task<InMemoryHost> StartAsync() => InMemoryHost.StartAsync(
        builder => builder.Services.AddLiveApi(options =>
        {
            options.ApiKeys.Add(LiveTestHost.Key);
            options.ApiKeys.Add(OtherKey);
            options.Connections.KeepAliveInterval = TimeSpan.Zero;
            options.Connections.CloseTimeout = TimeSpan.FromDays(1);
        }).UseCallControl().UseDefaultModel(_ => _model),
        static app =>
        {
            app.MapLiveApi();
            app.MapLiveCalls();
        },
        _clock);
}
