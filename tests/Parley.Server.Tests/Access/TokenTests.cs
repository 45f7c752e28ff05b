using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Parley.Protocol;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Server.Tests.Access;

public sealed class TokenTests
{
    private const string Locked =
        """{"bidiGenerateContentSetup":{"model":"models/gemini-3.8-live","generationConfig":{"temperature":0.5},"systemInstruction":{"parts":[{"text":"Bicycles."}]}}}""";

    private readonly EchoModel _model = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Documented_request_creates_a_token()
    {
        await using var host = await StartAsync();

        var token = await MintAsync(host, WireExamples.Text("rest.auth-token-request.json"));

        Assert.StartsWith("auth_tokens/", token, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_without_mask_locks_the_whole_setup()
    {
        await using var host = await StartAsync();
        var setup = await EffectiveSetupAsync(host, Locked, """{"setup":{"model":"models/gemini-9","generationConfig":{"topK":3}}}""");

        Assert.Equal("models/gemini-3.8-live", setup.Model);
        Assert.Equal("Bicycles.", setup.SystemInstruction!.Parts![0].Text);
        Assert.Null(setup.GenerationConfig!.TopK);
    }

    [Fact]
    public async Task Token_with_mask_locks_only_the_masked_paths()
    {
        await using var host = await StartAsync();
        var setup = await EffectiveSetupAsync(
            host,
            """{"bidiGenerateContentSetup":{"model":"models/gemini-3.8-live","generationConfig":{"temperature":0.5}},"fieldMask":"model,generationConfig.temperature"}""",
            """{"setup":{"model":"models/gemini-9","generationConfig":{"topK":3,"temperature":2},"systemInstruction":{"parts":[{"text":"Cars."}]}}}""");

        Assert.Equal("models/gemini-3.8-live", setup.Model);
        Assert.Equal(0.5, setup.GenerationConfig!.Temperature);
        Assert.Equal(3, setup.GenerationConfig.TopK);
        Assert.Equal("Cars.", setup.SystemInstruction!.Parts![0].Text);
    }

    [Theory]
    [InlineData(Locked, true)]
    [InlineData("""{"bidiGenerateContentSetup":{"systemInstruction":{"parts":[{"text":"Bicycles."}]}},"fieldMask":"systemInstruction.parts"}""", true)]
    [InlineData("""{"bidiGenerateContentSetup":{"model":"models/gemini-3.8-live"},"fieldMask":"model,tools"}""", true)]
    [InlineData("""{"bidiGenerateContentSetup":{"model":"models/gemini-3.8-live","generationConfig":{"temperature":0.5}},"fieldMask":"model,generationConfig.temperature"}""", false)]
    public async Task Context_update_cannot_change_locked_fields(string request, bool isLocked)
    {
        await using var host = await StartAsync();
        await using var client = await ConnectAsync(host, await MintAsync(host, request));
        await client.SendJsonAsync("""{"setup":{"model":"models/gemini-3.8-live"}}""");
        Assert.True((await client.ReceiveAsync()).Has("setupComplete"));

        await client.SendJsonAsync("""{"contextUpdate":{"systemInstruction":{"parts":[{"text":"Cars."}]}}}""");

        if (isLocked)
        {
            Assert.Equal(1007, (await client.ExpectCloseAsync()).Code);
            return;
        }
        await client.SayAsync("hello");
        await client.ReceiveUntilAsync(static f => f.Has("serverContent"));
    }

    [Fact]
    public async Task Mask_without_setup_locks_the_paths_to_absent()
    {
        await using var host = await StartAsync();
        var setup = await EffectiveSetupAsync(
            host, """{"fieldMask":"systemInstruction"}""", """{"setup":{"model":"models/gemini-3.8-live","systemInstruction":{"parts":[{"text":"Cars."}]}}}""");

        Assert.Null(setup.SystemInstruction);
    }

    [Fact]
    public async Task Empty_setup_is_accepted_only_if_the_model_is_locked()
    {
        await using var host = await StartAsync();

        Assert.Equal("models/gemini-3.8-live", (await EffectiveSetupAsync(host, Locked, """{"setup":{}}""")).Model);
        Assert.Equal(1007, (await RefusalAsync(host, await MintAsync(host, "{}"), """{"setup":{}}""")).Code);
    }

    [Fact]
    public async Task Token_uses_count_new_sessions_but_not_resumptions()
    {
        await using var host = await StartAsync();
        var token = await MintAsync(host, """{"uses":1}""");
        string handle;
        await using (var first = await OpenAsync(host, token, LiveTestHost.ResumableSetup))
        {
            (await _model.FirstSessionAsync()).Output.Checkpoint("state");
            handle = (await first.ReceiveAsync()).NewHandle()!;
        }

        Assert.Contains("used up", (await RefusalAsync(host, token, LiveTestHost.Setup)).Reason, StringComparison.Ordinal);
        await using var resumed = await OpenAsync(host, token, LiveTestHost.ResumableSetup.Replace("{}", $$"""{"handle":"{{handle}}"}""", StringComparison.Ordinal));
        await resumed.EchoAsync("free");
    }

    [Fact]
    public async Task Zero_uses_mean_any_number()
    {
        await using var host = await StartAsync();
        var token = await MintAsync(host, """{"uses":0}""");

        for (var i = 0; i < 3; i++)
        {
            await using (await OpenAsync(host, token, LiveTestHost.Setup))
            {
            }
        }
    }

    [Fact]
    public async Task Refused_setup_takes_no_use_of_the_token()
    {
        await using var host = await StartAsync();
        var token = await MintAsync(host, "{}");

        Assert.Equal(1008, (await RefusalAsync(host, token, """{"setup":{"model":"models/nothing"}}""")).Code);
        await using var client = await OpenAsync(host, token, LiveTestHost.Setup);
    }

    [Fact]
    public async Task Token_opens_no_new_session_after_new_session_expire_time()
    {
        await using var host = await StartAsync();
        var token = await MintAsync(host, "{}");

        _time.Advance(TimeSpan.FromSeconds(61));

        Assert.Equal(1008, (await RefusalAsync(host, token, LiveTestHost.Setup)).Code);
    }

    [Fact]
    public async Task Expired_token_ends_its_session()
    {
        await using var host = await StartAsync();
        var token = await MintAsync(host, """{"expireTime":"2026-11-22T10:02:00Z"}""");
        await using var client = await OpenAsync(host, token, LiveTestHost.Setup);
        await client.EchoAsync("running");

        _time.Advance(TimeSpan.FromMinutes(1));
        await client.ReceiveUntilAsync(static f => f.Has("goAway"), "goAway");
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(1008, (await client.ExpectCloseAsync()).Code);
        Assert.Equal(1008, (await RefusalAsync(host, token, LiveTestHost.Setup)).Code);
    }

    [Theory]
    [InlineData("""{"liveConnectConstraints":{"model":"gemini-3.8-live","config":{"temperature":0.5,"systemInstruction":"Bicycles."}}}""", null, "Bicycles.")]
    [InlineData("""{"liveConnectConstraints":{"model":"gemini-3.8-live","config":{"temperature":0.5}},"lockAdditionalFields":[]}""", 3.0, "Cars.")]
    [InlineData("""{"liveConnectConstraints":{"model":"gemini-3.8-live","config":{"temperature":0.5}},"lockAdditionalFields":["topK","systemInstruction"]}""", null, null)]
    [InlineData("""{"bidiGenerateContentSetup":{"model":"models/gemini-3.8-live","generationConfig":{"temperature":0.5}},"fieldMask":"model,generation_config.temperature,system_instruction.parts"}""", 3.0, null)]
    public async Task Token_requests_of_the_SDKs_are_accepted(string token, double? topK, string? instruction)
    {
        await using var host = await StartAsync();
        var setup = await EffectiveSetupAsync(
            host, token, """{"setup":{"model":"models/gemini-9","generationConfig":{"topK":3,"temperature":2},"systemInstruction":{"parts":[{"text":"Cars."}]}}}""");

        Assert.Equal("models/gemini-3.8-live", setup.Model);
        Assert.Equal(0.5, setup.GenerationConfig!.Temperature);
        Assert.Equal(topK, setup.GenerationConfig.TopK);
        Assert.Equal(instruction, setup.SystemInstruction?.Parts?[0].Text);
    }

    [Fact]
    public async Task Strict_mode_accepts_only_the_forms_of_the_public_service()
    {
        await using var host = await StartAsync(static options => options.Compatibility = LiveCompatibility.Strict);
        using var http = host.CreateClient();

        using var response = await PostAsync(http, """{"liveConnectConstraints":{"model":"gemini-3.8-live"}}""");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var message = JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("error").GetProperty("message").GetString()!;
        Assert.Contains("Unknown name \"liveConnectConstraints\" at 'auth_token'", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handle_is_kept_when_resumption_is_locked()
    {
        await using var host = await StartAsync();
        var token = await MintAsync(host, """{"bidiGenerateContentSetup":{"model":"models/gemini-3.8-live","sessionResumption":{}},"fieldMask":"model,sessionResumption"}""");
        string handle;
        await using (var first = await OpenAsync(host, token, """{"setup":{}}"""))
        {
            (await _model.FirstSessionAsync()).Output.Checkpoint("state");
            handle = (await first.ReceiveAsync()).NewHandle()!;
        }
        var next = _model.NextSessionAsync();

        await using var second = await OpenAsync(host, token, $$$$"""{"setup":{"sessionResumption":{"handle":"{{{{handle}}}}"}}}""");

        Assert.Equal("state", (await next).Start.ResumeFrom);
    }

    [Fact]
    public async Task Altered_token_is_refused()
    {
        await using var host = await StartAsync();
        var token = await MintAsync(host, "{}");

        for (var i = "auth_tokens/".Length; i < token.Length; i += 7)
        {
            var altered = token[..i] + (token[i] == 'A' ? 'B' : 'A') + token[(i + 1)..];
            Assert.Equal((1007, LiveClose.InvalidKey.Reason), await RefusalTextAsync(host, altered));
        }
        await using var client = await OpenAsync(host, token, LiveTestHost.Setup);
    }

    [Fact]
    public async Task Expired_token_is_recognized_after_its_removal()
    {
        await using var host = await StartAsync();
        var token = await MintAsync(host, "{}");
        _time.Advance(TimeSpan.FromDays(3));
        await MintAsync(host, "{}");

        Assert.Equal((1008, LiveClose.ExpiredToken.Reason), await RefusalTextAsync(host, token));
    }

    [Theory]
    [InlineData("auth_tokens/never-minted", 1007)]
    [InlineData("bare", 1007)]
    public async Task Unknown_token_is_refused(string token, int code)
    {
        await using var host = await StartAsync();

        Assert.Equal(code, (await RefusalAsync(host, token, LiveTestHost.Setup)).Code);
    }

    [Theory]
    [InlineData("""{"setup":{}}""", HttpStatusCode.BadRequest, "INVALID_ARGUMENT")]
    [InlineData("""{"bidiGenerateContentSetup":{"setup":{}}}""", HttpStatusCode.BadRequest, "INVALID_ARGUMENT")]
    [InlineData("""{"fieldMask":"nothing.here"}""", HttpStatusCode.BadRequest, "INVALID_ARGUMENT")]
    [InlineData("""{"expireTime":"2026-11-23T10:00:00Z"}""", HttpStatusCode.BadRequest, "INVALID_ARGUMENT")]
    [InlineData("""{"expireTime":"2026-11-22T09:00:00Z"}""", HttpStatusCode.BadRequest, "INVALID_ARGUMENT")]
    [InlineData("no json", HttpStatusCode.BadRequest, "INVALID_ARGUMENT")]
    public async Task Invalid_token_request_is_refused_in_the_format_of_Google(string body, HttpStatusCode code, string status)
    {
        await using var host = await StartAsync();
        using var http = host.CreateClient();

        using var response = await PostAsync(http, body);

        var error = JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("error");
        Assert.Equal(code, response.StatusCode);
        Assert.Equal((int)code, error.GetProperty("code").GetInt32());
        Assert.Equal(status, error.GetProperty("status").GetString());
        Assert.NotEmpty(error.GetProperty("message").GetString()!);
    }

    [Fact]
    public async Task Too_long_token_request_is_refused_with_413()
    {
        await using var host = await StartAsync();
        using var http = host.CreateClient();

        using var response = await PostAsync(http, $$"""{"fieldMask":"{{new string('x', 2 << 20)}}"}""");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task Token_beyond_the_limit_is_refused_with_429()
    {
        await using var host = await StartAsync(static options => options.Sessions.MaxTokens = 1);
        using var http = host.CreateClient();
        await MintAsync(host, "{}");

        using var refused = await PostAsync(http, "{}");
        _time.Advance(TimeSpan.FromMinutes(31));
        using var accepted = await PostAsync(http, "");

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
    }

    private Task<InMemoryHost> StartAsync(Action<LiveApiOptions>? configure = null) => LiveTestHost.StartAsync(_model, configure, _time);

    private static Task<HttpResponseMessage> PostAsync(HttpClient http, string body) =>
        http.PostAsync(new Uri($"/v1alpha/auth_tokens?key={LiveTestHost.Key}", UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"));

    private static async Task<string> MintAsync(InMemoryHost host, string body)
    {
        using var http = host.CreateClient();
        using var response = await PostAsync(http, body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonElement.Parse(text).GetProperty("name").GetString()!;
    }

    private static Task<LiveSocket> ConnectAsync(InMemoryHost host, string token) =>
        LiveSocket.ConnectAsync(host, $"{LiveTestHost.Constrained}?access_token={Uri.EscapeDataString(token)}");

    private static async Task<LiveSocket> OpenAsync(InMemoryHost host, string token, string setup)
    {
        var client = await ConnectAsync(host, token);
        await client.SendJsonAsync(setup);
        await client.ReceiveUntilAsync(static f => f.Has("setupComplete"), "setupComplete");
        return client;
    }

    private async Task<Setup> EffectiveSetupAsync(InMemoryHost host, string token, string setup)
    {
        var next = _model.NextSessionAsync();
        await using var client = await OpenAsync(host, await MintAsync(host, token), setup);
        return (await next).Start.Setup;
    }

    private static async Task<(int Code, string Reason)> RefusalTextAsync(InMemoryHost host, string token)
    {
        var close = await RefusalAsync(host, token, LiveTestHost.Setup);
        return (close.Code, close.Reason);
    }

    private static async Task<TestKit.LiveClose> RefusalAsync(InMemoryHost host, string token, string setup)
    {
        await using var client = await ConnectAsync(host, token);
        await client.SendJsonAsync(setup);
        return await client.ExpectCloseAsync();
    }
}
