using System.Net;
using System.Net.WebSockets;

namespace Parley.Testing.Tests.Emulator;

/// <summary>An emulator as clients in other processes see it: one port, keys, and the control API.</summary>
public sealed class EmulatorTests
{
    private const string Lamp = "rules: [{ user: lamp, model: Done. }]";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Scripted_turn_is_answered_recorded_and_verified()
    {
        await using var run = await EmulatorRun.StartAsync(Lamp);
        using var socket = await run.ConnectAsync();

        await EmulatorRun.SendTextAsync(socket, "lamp");
        await EmulatorRun.ReadToAsync(socket, "turnComplete");
        var journal = await run.SendAsync(HttpMethod.Get, "journal");

        Assert.Equal("lamp", Assert.Single(journal.GetProperty("texts").EnumerateArray()).GetString());
        Assert.Equal(1, journal.GetProperty("connections").GetInt32());
        Assert.True((await run.SendAsync(HttpMethod.Get, "verify")).GetProperty("ok").GetBoolean());
        await run.Emulator.VerifyAsync(Cancellation);
    }

    [Fact]
    public async Task Verification_fails_with_the_report()
    {
        await using var run = await EmulatorRun.StartAsync(Lamp);
        Assert.Contains("No client has connected", (await Assert.ThrowsAsync<ExpectationException>(() => run.Emulator.VerifyAsync(Cancellation))).Message, StringComparison.Ordinal);
        using var socket = await run.ConnectAsync();

        await EmulatorRun.SendTextAsync(socket, "light");
        Assert.Null(await EmulatorRun.ReadToAsync(socket, "turnComplete"));
        var error = (await run.SendAsync(HttpMethod.Get, "verify", HttpStatusCode.Conflict)).GetProperty("error");

        Assert.Equal(WebSocketCloseStatus.InternalServerError, socket.CloseStatus);
        Assert.Equal("FAILED_PRECONDITION", error.GetProperty("status").GetString());
        Assert.Contains("text that contains \"lamp\": the text was \"light\"", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains("the text was \"light\"", (await Assert.ThrowsAsync<ExpectationException>(() => run.Emulator.VerifyAsync(Cancellation))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_selects_the_scenario()
    {
        await using var run = await EmulatorRun.StartAsync(static options =>
        {
            options.Scenarios.Add(ScenarioFile.Parse("rules: [{ opened: true, model: Alpha. }]", "a.yaml"));
            options.Scenarios.Add(ScenarioFile.Parse("rules: [{ opened: true, model: Beta. }]", "folder/b.yaml"));
        });
        using var a = await run.ConnectAsync("a");
        using var b = await run.ConnectAsync("b");

        Assert.Equal(["a", "b"], run.Emulator.ApiKeys);
        Assert.NotNull(await EmulatorRun.ReadToAsync(a, "Alpha."));
        Assert.NotNull(await EmulatorRun.ReadToAsync(b, "Beta."));
        Assert.Equal(1, (await run.SendAsync(HttpMethod.Get, "spaces/b")).GetProperty("connections").GetInt32());
    }

    [Fact]
    public async Task Wrong_key_is_refused_as_by_the_service()
    {
        await using var run = await EmulatorRun.StartAsync(Lamp);
        using var socket = await run.ConnectAsync("another");

        Assert.Null(await EmulatorRun.ReadToAsync(socket, "setupComplete"));
        Assert.Equal((WebSocketCloseStatus)1007, socket.CloseStatus);
        Assert.Contains("API key not valid", socket.CloseStatusDescription, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Spaces_are_isolated_from_each_other()
    {
        await using var run = await EmulatorRun.StartAsync(Lamp);
        var first = await run.SendAsync(HttpMethod.Post, "spaces", HttpStatusCode.Created);
        var second = await run.SendAsync(HttpMethod.Post, "spaces", HttpStatusCode.Created, new { key = "mine", scenario = new { rules = new[] { new { user = "door", model = "Open." } } } });
        using var socket = await run.ConnectAsync("mine");

        await EmulatorRun.SendTextAsync(socket, "door");
        await EmulatorRun.ReadToAsync(socket, "turnComplete");

        Assert.Equal("mine", second.GetProperty("key").GetString());
        Assert.StartsWith("test-", first.GetProperty("key").GetString(), StringComparison.Ordinal);
        Assert.Equal("The rule \"text that contains \"door\"\" (scenario.json:1) was used once, expected at least once.", (await run.SendAsync(HttpMethod.Get, "spaces/mine")).GetProperty("rules")[0].GetString());
        Assert.Equal(0, (await run.SendAsync(HttpMethod.Get, "journal")).GetProperty("connections").GetInt32());
        await run.SendAsync(HttpMethod.Get, second.GetProperty("control").GetString() + "/verify");
        await run.SendAsync(HttpMethod.Delete, "spaces/mine", HttpStatusCode.NoContent);
        await run.SendAsync(HttpMethod.Get, "spaces/mine", HttpStatusCode.NotFound);
        Assert.Equal(2, (await run.SendAsync(HttpMethod.Get, "spaces")).GetProperty("spaces").GetArrayLength());
    }

    [Fact]
    public async Task Reset_cuts_connections_and_forgets_everything()
    {
        await using var run = await EmulatorRun.StartAsync(Lamp);
        using var socket = await run.ConnectAsync();
        await EmulatorRun.ReadToAsync(socket, "setupComplete");

        var state = await run.SendAsync(HttpMethod.Post, "reset");

        Assert.Equal(0, state.GetProperty("connections").GetInt32());
        await Assert.ThrowsAsync<WebSocketException>(() => EmulatorRun.ReadToAsync(socket, "turnComplete"));
        using var next = await run.ConnectAsync();
        Assert.NotNull(await EmulatorRun.ReadToAsync(next, "setupComplete"));
    }

    [Fact]
    public async Task Scenario_is_replaced_or_refused_with_all_errors()
    {
        await using var run = await EmulatorRun.StartAsync(Lamp);
        var error = (await run.SendAsync(HttpMethod.Put, "scenario", HttpStatusCode.BadRequest, new StringContent("ruls: []\nstrict: no"))).GetProperty("error");
        await run.SendAsync(HttpMethod.Put, "scenario", body: new StringContent("rules:\n- user: door\n  model: Open."));
        using var socket = await run.ConnectAsync();

        await EmulatorRun.SendTextAsync(socket, "door");

        Assert.NotNull(await EmulatorRun.ReadToAsync(socket, "Open."));
        Assert.Equal("INVALID_ARGUMENT", error.GetProperty("status").GetString());
        Assert.Contains("scenario.yaml:1:1: error: 'ruls'", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains("scenario.yaml:2:9: error: 'strict'", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Journal_waits_for_an_entry_and_shows_audio_as_durations()
    {
        await using var run = await EmulatorRun.StartAsync("rules: [{ opened: true, model: [{ say: Hi., duration: 1s, chunk: 500ms }] }]");
        using var socket = await run.ConnectAsync();

        var journal = await run.SendAsync(HttpMethod.Get, "journal?from=server&has=serverContent.turnComplete&timeout=10s");
        var audio = await run.SendAsync(HttpMethod.Get, "journal?has=serverContent.modelTurn.parts.inlineData");

        Assert.Single(journal.GetProperty("entries").EnumerateArray());
        var chunks = audio.GetProperty("entries").EnumerateArray().ToList();
        Assert.Equal(2, chunks.Count);
        Assert.Equal(0.5, chunks[0].GetProperty("message").GetProperty("serverContent").GetProperty("modelTurn").GetProperty("parts")[0].GetProperty("inlineData").GetProperty("data").GetProperty("seconds").GetDouble());
        var late = await run.SendAsync(HttpMethod.Get, "journal?has=toolCall&timeout=1ms", HttpStatusCode.GatewayTimeout);
        Assert.Equal("DEADLINE_EXCEEDED", late.GetProperty("error").GetProperty("status").GetString());
    }

    [Fact]
    public async Task Virtual_time_passes_when_it_is_advanced()
    {
        await using var run = await EmulatorRun.StartAsync("server: { connectionLifetime: 2m, goAwayLead: 20s }\nstrict: false", virtualTime: true);
        using var socket = await run.ConnectAsync();
        await EmulatorRun.ReadToAsync(socket, "setupComplete");
        // A client that answers pings, as every one does while it reads.
        var goAway = EmulatorRun.ReadToAsync(socket, "goAway");

        Assert.Equal(100, (await run.SendAsync(HttpMethod.Post, "advance", body: new { time = "100s" })).GetProperty("time").GetDouble());
        Assert.Contains("20s", await goAway, StringComparison.Ordinal);
        var closed = EmulatorRun.ReadToAsync(socket, "nothing");
        await run.SendAsync(HttpMethod.Post, "advance", body: new { time = "21s" });
        Assert.Null(await closed);

        Assert.Equal((WebSocketCloseStatus)1008, socket.CloseStatus);
    }

    [Fact]
    public async Task Real_time_cannot_be_advanced()
    {
        await using var run = await EmulatorRun.StartAsync(Lamp);

        var error = (await run.SendAsync(HttpMethod.Post, "advance", HttpStatusCode.BadRequest, new { time = "9m" })).GetProperty("error");

        Assert.Equal("The emulator runs in real time. Start it with --virtual-time to advance its clock.", error.GetProperty("message").GetString());
    }

    [Fact]
    public async Task Token_leads_to_the_space_that_issued_it()
    {
        await using var run = await EmulatorRun.StartAsync(Lamp);
        await run.SendAsync(HttpMethod.Post, "spaces", HttpStatusCode.Created, new { key = "mine", scenario = new { rules = new[] { new { opened = true, model = "Welcome." } } } });
        var token = (await run.SendAsync(HttpMethod.Post, new Uri(run.Emulator.BaseAddress, "v1alpha/auth_tokens?key=mine").ToString(), body: new { })).GetProperty("name").GetString();
        using var socket = await run.ConnectAsync(token: token);

        Assert.NotNull(await EmulatorRun.ReadToAsync(socket, "Welcome."));
    }

    [Theory]
    [InlineData("GET", "nothing", HttpStatusCode.NotFound)]
    [InlineData("GET", "spaces/none/verify", HttpStatusCode.NotFound)]
    [InlineData("DELETE", "reset", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "journal?has=x&timeout=soon", HttpStatusCode.BadRequest)]
    [InlineData("GET", "journal?hass=x", HttpStatusCode.BadRequest)]
    [InlineData("GET", "journal?from=me", HttpStatusCode.BadRequest)]
    [InlineData("GET", "journal?after=-1", HttpStatusCode.BadRequest)]
    [InlineData("POST", "spaces", HttpStatusCode.BadRequest, "{\"ky\":1}")]
    [InlineData("POST", "spaces", HttpStatusCode.BadRequest, "{\"key\":\"a/b\"}")]
    [InlineData("POST", "spaces", HttpStatusCode.Conflict, "{\"key\":\"test-key\"}")]
    [InlineData("POST", "spaces", HttpStatusCode.BadRequest, "{\"scenario\":\"none\"}")]
    [InlineData("POST", "spaces", HttpStatusCode.BadRequest, "not JSON")]
    [InlineData("DELETE", "spaces/test-key", HttpStatusCode.BadRequest)]
    public async Task Wrong_request_is_an_error_in_the_form_of_the_service(string method, string path, HttpStatusCode expected, string? body = null)
    {
        await using var run = await EmulatorRun.StartAsync(Lamp);

        var error = (await run.SendAsync(new HttpMethod(method), path, expected, body is null ? null : new StringContent(body))).GetProperty("error");

        Assert.Equal((int)expected, error.GetProperty("code").GetInt32());
        Assert.NotEmpty(error.GetProperty("status").GetString()!);
        Assert.NotEmpty(error.GetProperty("message").GetString()!);
    }

    [Theory]
    [InlineData("Origin", "https://example.com")]
    [InlineData("Host", "example.com")]
    [InlineData("X-Forwarded-For", "10.0.0.1")]
    public async Task Page_of_another_site_cannot_control_the_emulator(string header, string value)
    {
        await using var run = await EmulatorRun.StartAsync(Lamp);
        using var request = new HttpRequestMessage(HttpMethod.Get, "journal");
        request.Headers.TryAddWithoutValidation(header, value);

        using var response = await run.Http.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Bytes_that_are_no_request_are_refused()
    {
        await using var run = await EmulatorRun.StartAsync(Lamp);
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, run.Emulator.BaseAddress.Port, Cancellation);

        await client.GetStream().WriteAsync("hello\r\n\r\n"u8.ToArray(), Cancellation);
        var answer = await Expect.WithinAsync(new StreamReader(client.GetStream()).ReadToEndAsync(Cancellation), "an answer", Cancellation);

        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cut_connection_is_a_reset_for_the_client()
    {
        await using var run = await EmulatorRun.StartAsync(Lamp);
        using var socket = await run.ConnectAsync();
        await EmulatorRun.ReadToAsync(socket, "setupComplete");

        Assert.Equal(1, (await run.SendAsync(HttpMethod.Post, "cut")).GetProperty("connections").GetInt32());

        await Assert.ThrowsAsync<WebSocketException>(() => EmulatorRun.ReadToAsync(socket, "turnComplete"));
    }

    [Fact]
    public async Task Fault_is_added_happens_and_is_listed()
    {
        await using var run = await EmulatorRun.StartAsync("rules: [{ user: lamp, model: Done. }]\nfaults: [{ point: connect, connection: 9, action: cut, optional: true }]");
        await run.SendAsync(HttpMethod.Post, "faults", HttpStatusCode.Created, new { point = "firstAudio", action = "close", code = 1011, reason = "Broken." });
        using var socket = await run.ConnectAsync();

        await EmulatorRun.SendTextAsync(socket, "lamp");
        Assert.Null(await EmulatorRun.ReadToAsync(socket, "turnComplete"));
        var faults = await run.SendAsync(HttpMethod.Get, "faults");

        Assert.Equal("Broken.", socket.CloseStatusDescription);
        Assert.Equal(2, faults.GetProperty("faults").GetArrayLength());
        Assert.Equal(1, Assert.Single(faults.GetProperty("injected").EnumerateArray()).GetProperty("connection").GetInt32());
        await run.SendAsync(HttpMethod.Delete, "faults", HttpStatusCode.NoContent);
        Assert.Equal(0, (await run.SendAsync(HttpMethod.Get, "faults")).GetProperty("faults").GetArrayLength());
        var error = (await run.SendAsync(HttpMethod.Post, "faults", HttpStatusCode.BadRequest, new { point = "nowhere" })).GetProperty("error");
        Assert.Contains("\"nowhere\" is not a point of a fault. ", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_scenarios_of_one_name_are_refused()
    {
        var failure = await Assert.ThrowsAsync<ArgumentException>(() => LiveEmulator.StartAsync(
            static options =>
            {
                options.Scenarios.Add(ScenarioFile.Parse(Lamp, "x/a.yaml"));
                options.Scenarios.Add(ScenarioFile.Parse(Lamp, "y/a.yaml"));
            },
            Cancellation));

        Assert.Equal("Two scenarios are called 'a', and the name is their key. Rename one of the files.", failure.Message);
    }
}
