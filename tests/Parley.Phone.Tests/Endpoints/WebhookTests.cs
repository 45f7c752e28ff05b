using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Parley.Phone.Signatures;
using Parley.Phone.Tests.Support;

namespace Parley.Phone.Tests.Endpoints;

/// <summary>Webhooks, stream tokens and outbound calls.</summary>
public sealed class WebhookTests
{
    private const string PublicUrl = "https://voice.example.com/base/";

    [Theory]
    [InlineData(CallerDialect.Twilio)]
    [InlineData(CallerDialect.Telnyx)]
    [InlineData(CallerDialect.Plivo)]
    public async Task Signed_webhook_opens_one_stream(CallerDialect carrier)
    {
        await using var host = await StartAsync();
        var form = Form(carrier, "call-1");

        var (status, xml) = await PostAsync(host, carrier, form);
        Assert.Equal(HttpStatusCode.OK, status);
        var stream = XDocument.Parse(xml).Descendants("Stream").Single();
        var url = carrier == CallerDialect.Plivo ? stream.Value : stream.Attribute("url")!.Value;
        Assert.Equal($"wss://voice.example.com/base/phone/{PhoneHost.NameOf(carrier)}/stream", url);

        await using var caller = await CallAsync(host, carrier, "call-1", ParametersOf(carrier, stream));
        var model = await host.SessionAsync();
        Assert.Contains("calling number: \"", model.Instruction, StringComparison.Ordinal);
        Assert.Contains("14155550100", model.Instruction, StringComparison.Ordinal);
        var call = Assert.Single(host.Calls.Active);
        Assert.Equal("call-1", call.CarrierCallId);
        Assert.Equal("14155550199", call.To.TrimStart('+'));
        Assert.Empty(call.Parameters);

        // The token was used, and the call has had its stream.
        await using var second = await CallAsync(host, carrier, "call-1", ParametersOf(carrier, stream));
        Assert.Equal((1008, "The stream's token is used"), await EndOf(second));
        var (again, busy) = await PostAsync(host, carrier, form);
        Assert.Equal(HttpStatusCode.OK, again);
        Assert.DoesNotContain("Stream", busy, StringComparison.Ordinal);
        Assert.False(caller.Completion.IsCompleted);
    }

    [Theory]
    [InlineData(CallerDialect.Twilio)]
    [InlineData(CallerDialect.Telnyx)]
    [InlineData(CallerDialect.Plivo)]
    public async Task Wrong_or_missing_signature_is_refused(CallerDialect carrier)
    {
        await using var host = await StartAsync();
        var form = Form(carrier, "call-1");

        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(host, carrier, form, static request => request.Headers.Clear())).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(host, carrier, form, static request => request.Content = new StringContent("CallSid=other&CallUUID=other"))).Status);
        Assert.Empty(host.Model.Sessions.Snapshot);
    }

    [Fact]
    public async Task Old_signature_of_Telnyx_is_refused()
    {
        await using var host = await StartAsync();
        var form = Form(CallerDialect.Telnyx, "call-1");

        await host.Clock.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(host, CallerDialect.Telnyx, form, age: TimeSpan.FromMinutes(6))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(host, CallerDialect.Telnyx, form, age: TimeSpan.FromMinutes(-6))).Status);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(host, CallerDialect.Telnyx, form, age: TimeSpan.FromMinutes(4))).Status);
    }

    [Fact]
    public async Task Replayed_webhook_of_Telnyx_gets_no_second_token()
    {
        await using var host = await StartAsync();
        var form = Form(CallerDialect.Telnyx, "call-1");

        Assert.Contains("<Stream", (await PostAsync(host, CallerDialect.Telnyx, form)).Body, StringComparison.Ordinal);
        Assert.Contains("busy", (await PostAsync(host, CallerDialect.Telnyx, form)).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing", "The stream's token is missing")]
    [InlineData("invalid", "The stream's token is invalid")]
    [InlineData("other call", "The stream's token is invalid")]
    [InlineData("other number", "The stream's token is invalid")]
    [InlineData("expired", "The stream's token is expired")]
    public async Task Stream_without_a_valid_token_is_closed(string what, string reason)
    {
        await using var host = await StartAsync();
        var (_, xml) = await PostAsync(host, CallerDialect.Twilio, Form(CallerDialect.Twilio, "call-1"));
        var parameters = ParametersOf(CallerDialect.Twilio, XDocument.Parse(xml).Descendants("Stream").Single());
        switch (what)
        {
            case "missing":
                parameters.Remove("token");
                break;
            case "invalid":
                parameters["token"] = new string('0', 64);
                break;
            case "other number":
                parameters["from"] = "+14155550666";
                break;
            case "expired":
                await host.Clock.AdvanceAsync(TimeSpan.FromMinutes(3));
                break;
        }

        await using var caller = await CallAsync(host, CallerDialect.Twilio, what == "other call" ? "call-2" : "call-1", parameters);

        Assert.Equal((1008, reason), await EndOf(caller));
        Assert.Empty(host.Model.Sessions.Snapshot);
    }

    [Fact]
    public async Task Signed_upgrade_and_stream_secret_need_no_token()
    {
        await using var host = await StartAsync(static options => options.StreamSecret = "a secret of the switchboard");
        foreach (var carrier in (CallerDialect[])[CallerDialect.Twilio, CallerDialect.Plivo])
        {
            await using var signed = await CallAsync(host, carrier, "signed", [], options =>
            {
                options.Secret = carrier == CallerDialect.Twilio ? TestKeys.TwilioToken : TestKeys.PlivoToken;
                options.SignedUrl = new Uri($"wss://voice.example.com/base{PhoneHost.PathOf(carrier)}");
            });
            await host.RunAsync(40);
            Assert.False(signed.Completion.IsCompleted);
        }
        await using var secret = await CallAsync(host, CallerDialect.Twilio, "secret", new() { ["token"] = "a secret of the switchboard" });
        await using var header = await CallAsync(host, CallerDialect.Telnyx, "header", [], static options => options.Secret = "a secret of the switchboard");
        await using var wrong = await CallAsync(host, CallerDialect.Telnyx, "wrong", [], static options => options.Secret = "another secret of somebody");
        await host.RunAsync(40);

        Assert.False(secret.Completion.IsCompleted);
        Assert.False(header.Completion.IsCompleted);
        Assert.Equal((1008, "The stream's token is invalid"), await EndOf(wrong));
    }

    [Fact]
    public async Task Call_Control_event_is_answered_with_a_stream()
    {
        var carrier = new FakeCarrier();
        await using var host = await StartAsync(carrier: carrier);
        const string body = """{"data":{"event_type":"call.initiated","id":"event-1","payload":{"call_control_id":"v3:1","direction":"incoming","from":"+14155550100","to":"+14155550199"}}}""";

        Assert.Equal(HttpStatusCode.OK, (await PostAsync(host, CallerDialect.Telnyx, [], json: body)).Status);

        var answer = Assert.Single(carrier.Requests);
        Assert.Equal("POST https://api.telnyx.com/v2/calls/v3%3A1/actions/answer", answer.Address);
        Assert.Equal("Bearer telnyx-api-key", answer.Authorization);
        var command = JsonNode.Parse(answer.Body)!;
        Assert.Equal("wss://voice.example.com/base/phone/telnyx/stream", (string?)command["stream_url"]);
        Assert.Equal("rtp", (string?)command["stream_bidirectional_mode"]);
        Assert.Equal("event-1", (string?)command["command_id"]);
        var state = QueryHelpers.ParseQuery(Encoding.UTF8.GetString(Convert.FromBase64String((string)command["client_state"]!)));

        await using var caller = await CallAsync(host, CallerDialect.Telnyx, "v3:1", state.ToDictionary(static pair => pair.Key, static pair => pair.Value.ToString()));
        Assert.Contains("+14155550100", (await host.SessionAsync()).Instruction, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.OK, (await PostAsync(host, CallerDialect.Telnyx, [], json: """{"data":{"event_type":"call.hangup","id":"2","payload":{}}}""")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(host, CallerDialect.Telnyx, [], json: """[1]""")).Status);
        Assert.Single(carrier.Requests);
    }

    [Fact]
    public async Task Carrier_without_an_account_has_no_webhook()
    {
        await using var host = await PhoneHost.StartAsync();

        foreach (var carrier in Enum.GetValues<CallerDialect>())
            Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(host, carrier, Form(carrier, "call-1"))).Status);
    }

    [Fact]
    public async Task Numbers_have_routes_and_others_are_busy()
    {
        await using var host = await StartAsync(static options =>
        {
            options.OnlyRoutes = true;
            options.Routes.Add(new PhoneRoute { Number = "+1 415 555-01*", Model = "gemini-2.5-flash-native-audio-preview-12-2025", SystemInstruction = "You are a bakery.", Voice = "Kore", Opening = "Greet the caller.", KeyId = "bakery" });
        });
        var (_, xml) = await PostAsync(host, CallerDialect.Twilio, Form(CallerDialect.Twilio, "call-1"));
        await using var caller = await CallAsync(host, CallerDialect.Twilio, "call-1", ParametersOf(CallerDialect.Twilio, XDocument.Parse(xml).Descendants("Stream").Single()));
        var model = await host.SessionAsync();

        Assert.StartsWith("You are a bakery.\n\n", model.Instruction, StringComparison.Ordinal);
        Assert.Equal("models/gemini-2.5-flash-native-audio-preview-12-2025", model.Start.Setup.Model);
        Assert.Equal("Kore", model.Start.Setup.GenerationConfig?.SpeechConfig?.VoiceConfig?.PrebuiltVoiceConfig?.VoiceName);
        Assert.Equal("bakery", model.Start.Caller!.KeyId);
        await model.TextAsync("Greet the caller.");
        Assert.Contains("busy", (await PostAsync(host, CallerDialect.Twilio, new(Form(CallerDialect.Twilio, "call-2")) { ["To"] = "+442071234567" })).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("twilio", "POST https://api.twilio.com/2010-04-01/Accounts/AC1/Calls.json", "CA77")]
    [InlineData("telnyx", "POST https://api.telnyx.com/v2/calls", "v3:77")]
    [InlineData("plivo", "POST https://api.plivo.com/v1/Account/MA1/Call/", "77")]
    public async Task Outbound_call_is_made_answered_and_hung_up(string name, string address, string id)
    {
        var carrier = new FakeCarrier();
        await using var host = await StartAsync(carrier: carrier);
        var dialect = Enum.Parse<CallerDialect>(name, ignoreCase: true);
        using var client = host.Host.CreateClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", PhoneHost.AdminSecret);

        using var placed = await client.PostAsync("/phone/calls", Json($$$"""{"carrier":"{{{name}}}","from":"+14155550199","to":"+14155550100","parameters":{"order":"4711"}}"""));
        Assert.Equal(HttpStatusCode.Accepted, placed.StatusCode);
        Assert.Equal(id, (string?)JsonNode.Parse(await placed.Content.ReadAsStringAsync())!["carrierCallId"]);
        var request = Assert.Single(carrier.Requests);
        Assert.Equal(address, request.Address);

        var parameters = await AnsweredAsync(host, dialect, request);
        await using var caller = await CallAsync(host, dialect, id, parameters);
        var model = await host.SessionAsync();
        var call = Assert.Single(host.Calls.Active);
        Assert.True(call.IsOutbound);
        Assert.Equal("4711", call.Parameters["order"]);
        Assert.Contains("parameter order: \"4711\"", model.Instruction, StringComparison.Ordinal);

        using var list = await client.GetAsync("/phone/calls");
        var entry = JsonNode.Parse(await list.Content.ReadAsStringAsync())!["calls"]![0]!;
        Assert.Equal((id, "…99", true), ((string?)entry["carrierCallId"], (string?)entry["from"], (bool)entry["outbound"]!));
        using var hungUp = await client.DeleteAsync($"/phone/calls/{(string)entry["id"]!}");
        Assert.Equal(HttpStatusCode.NoContent, hungUp.StatusCode);
        Assert.Equal(1000, (await caller.Completion).CloseCode);
        Assert.Contains("hangup", carrier.Requests[^1].Address.Replace("DELETE", "hangup", StringComparison.Ordinal) + carrier.Requests[^1].Body.Replace("completed", "hangup", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_need_the_admin_secret_and_valid_numbers()
    {
        var carrier = new FakeCarrier();
        await using var host = await StartAsync(carrier: carrier);
        using var client = host.Host.CreateClient();
        const string body = """{"carrier":"twilio","from":"+14155550199","to":"+14155550100"}""";

        using var anonymous = await client.PostAsync("/phone/calls", Json(body));
        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
        client.DefaultRequestHeaders.Authorization = new("Bearer", PhoneHost.AdminSecret);
        foreach (var wrong in (string[])[body.Replace("+14155550100", "sip:x@y", StringComparison.Ordinal), body.Replace("twilio", "0", StringComparison.Ordinal), "{}", "[", body.Replace("}", ""","parameters":{"token":"1"}}""", StringComparison.Ordinal)])
        {
            using var refused = await client.PostAsync("/phone/calls", Json(wrong));
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }
        Assert.Empty(carrier.Requests);
        carrier.Status = HttpStatusCode.Forbidden;
        using var failed = await client.PostAsync("/phone/calls", Json(body));
        Assert.Equal(HttpStatusCode.BadGateway, failed.StatusCode);
    }

    private static async Task<Dictionary<string, string>> AnsweredAsync(PhoneHost host, CallerDialect dialect, FakeRequest request)
    {
        switch (dialect)
        {
            case CallerDialect.Twilio:
                return ParametersOf(dialect, XDocument.Parse(QueryHelpers.ParseQuery(request.Body)["Twiml"]!).Descendants("Stream").Single());
            case CallerDialect.Telnyx:
                var state = Encoding.UTF8.GetString(Convert.FromBase64String((string)JsonNode.Parse(request.Body)!["client_state"]!));
                return QueryHelpers.ParseQuery(state).ToDictionary(static pair => pair.Key, static pair => pair.Value.ToString());
            default:
                var query = new Uri((string)JsonNode.Parse(request.Body)!["answer_url"]!).Query;
                var form = new Dictionary<string, string> { ["CallUUID"] = "77", ["From"] = "14155550199", ["To"] = "14155550100", ["Direction"] = "outbound" };
                var (_, xml) = await PostAsync(host, dialect, form, query: query);
                return ParametersOf(dialect, XDocument.Parse(xml).Descendants("Stream").Single());
        }
    }

    private static Task<PhoneHost> StartAsync(Action<PhoneOptions>? configure = null, FakeCarrier? carrier = null) => PhoneHost.StartAsync(
        options =>
        {
            options.AllowLocalStreams = false;
            options.PublicUrl = new Uri(PublicUrl);
            (options.Twilio.AccountSid, options.Twilio.AuthToken) = ("AC1", TestKeys.TwilioToken);
            (options.Telnyx.PublicKey, options.Telnyx.ApiKey, options.Telnyx.ConnectionId) = (TestKeys.TelnyxKey, "telnyx-api-key", "connection-1");
            (options.Plivo.AuthId, options.Plivo.AuthToken) = ("MA1", TestKeys.PlivoToken);
            configure?.Invoke(options);
        },
        services: services => services.AddHttpClient("Parley.Phone").ConfigurePrimaryHttpMessageHandler(() => carrier ?? new FakeCarrier()));

    private static Dictionary<string, string> Form(CallerDialect carrier, string callId) => new()
    {
        [carrier == CallerDialect.Plivo ? "CallUUID" : "CallSid"] = callId,
        ["From"] = "+14155550100",
        ["To"] = "+14155550199",
        ["Direction"] = "inbound",
    };

    private static Dictionary<string, string> ParametersOf(CallerDialect carrier, XElement stream) => carrier == CallerDialect.Plivo
        ? stream.Attribute("extraHeaders")!.Value.Split(';').Select(static pair => pair.Split('=')).ToDictionary(static pair => pair[0], static pair => Uri.UnescapeDataString(pair[1]))
        : stream.Elements("Parameter").ToDictionary(static one => one.Attribute("name")!.Value, static one => one.Attribute("value")!.Value);

    private static Task<VirtualCaller> CallAsync(PhoneHost host, CallerDialect carrier, string callId, Dictionary<string, string> parameters, Action<VirtualCallerOptions>? configure = null) =>
        host.CallAsync(carrier, options =>
        {
            options.CallId = callId;
            foreach (var (name, value) in parameters)
                options.Parameters.Add(name, value);
            configure?.Invoke(options);
        });

    private static async Task<(int?, string)> EndOf(VirtualCaller caller)
    {
        var end = await caller.Completion;
        return (end.CloseCode, end.Reason);
    }

    private static async Task<(HttpStatusCode Status, string Body)> PostAsync(
        PhoneHost host, CallerDialect carrier, Dictionary<string, string> form, Action<HttpRequestMessage>? change = null, TimeSpan age = default, string? json = null, string query = "")
    {
        using var client = host.Host.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/phone/{PhoneHost.NameOf(carrier)}/incoming{query}");
        var body = json ?? await new FormUrlEncodedContent(form).ReadAsStringAsync();
        request.Content = new StringContent(body, Encoding.UTF8, json is null ? "application/x-www-form-urlencoded" : "application/json");
        var url = $"{PublicUrl}phone/{PhoneHost.NameOf(carrier)}/incoming{query}";
        var fields = form.ToDictionary(static pair => pair.Key, static pair => new Microsoft.Extensions.Primitives.StringValues(pair.Value));
        var timestamp = (host.Clock.GetUtcNow() - age).ToUnixTimeSeconds();
        foreach (var (name, value) in carrier switch
        {
            CallerDialect.Twilio => [("X-Twilio-Signature", TwilioSignature.Compute(TestKeys.TwilioToken, url, fields))],
            CallerDialect.Telnyx => [("telnyx-timestamp", $"{timestamp}"), ("telnyx-signature-ed25519", TestKeys.Telnyx(body, timestamp))],
            _ => new[] { ("X-Plivo-Signature-V3-Nonce", "nonce-1"), ("X-Plivo-Signature-V3", PlivoSignature.Compute(TestKeys.PlivoToken, url, fields, "nonce-1")) },
        })
        {
            request.Headers.Add(name, value);
        }
        change?.Invoke(request);
        using var response = await client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");
}

internal sealed record FakeRequest(string Address, string? Authorization, string Body);

/// <summary>The REST APIs of the carriers.</summary>
internal sealed class FakeCarrier : HttpMessageHandler
{
    public List<FakeRequest> Requests { get; } = [];

    public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        lock (Requests)
            Requests.Add(new FakeRequest($"{request.Method} {request.RequestUri!.AbsoluteUri}", request.Headers.Authorization?.ToString(), body));
        return new HttpResponseMessage(Status) { Content = new StringContent("""{"sid":"CA77","data":{"call_control_id":"v3:77"},"request_uuid":"77"}""") };
    }
}
