using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Server.Tests.Endpoints;

public sealed class EndpointTests
{
    [Theory]
    [InlineData("/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent")]
    [InlineData("/ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContent")]
    [InlineData("/ws/google.ai.generativelanguage.v1.GenerativeService.BidiGenerateContent")]
    [InlineData("//ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent")]
    [InlineData("/ws//google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContent")]
    [InlineData("/ws/google.firebase.vertexai.v1beta.GenerativeService/BidiGenerateContent")]
    [InlineData("///ws//google.firebase.vertexai.v1beta.GenerativeService//BidiGenerateContent")]
    public async Task Every_client_path_is_served(string path)
    {
        await using var host = await LiveTestHost.StartAsync(new EchoModel());
        // Relative to the host's address "//ws" would name another host.
        using var socket = new System.Net.WebSockets.ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://parley.test{path}?key={LiveTestHost.Key}"), host.Invoker, TestContext.Current.CancellationToken);
        await using var client = new LiveSocket(socket);

        await client.SendJsonAsync(LiveTestHost.Setup);

        Assert.True((await client.ReceiveAsync()).Has("setupComplete"));
    }

    [Fact]
    public async Task Unknown_model_close_names_the_API_version()
    {
        await using var host = await LiveTestHost.StartAsync(new EchoModel());
        await using var client = await host.ConnectAsync(LiveTestHost.Path.Replace("v1beta", "v1alpha", StringComparison.Ordinal));

        await client.SendJsonAsync("""{"setup":{"model":"nothing"}}""");

        Assert.StartsWith("models/nothing is not found for API version v1alpha,", (await client.ExpectCloseAsync()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Model_list_has_the_format_of_Google()
    {
        await using var host = await LiveTestHost.StartAsync(new EchoModel());

        var list = await GetAsync(host, $"/v1beta/models?key={LiveTestHost.Key}", HttpStatusCode.OK);
        var one = await GetAsync(host, $"/v1/models/gemini-3.8-live?key={LiveTestHost.Key}", HttpStatusCode.OK);

        var listed = list.GetProperty("models").EnumerateArray().Single(static m => m.GetProperty("name").GetString() == "models/gemini-3.8-live");
        Assert.Equal("bidiGenerateContent", listed.GetProperty("supportedGenerationMethods")[0].GetString());
        Assert.Equal(listed.GetRawText(), one.GetRawText());
        Assert.Equal(
            ["baseModelId", "description", "displayName", "inputTokenLimit", "maxTemperature", "name", "outputTokenLimit", "supportedGenerationMethods", "temperature", "thinking", "topK", "topP", "version"],
            listed.EnumerateObject().Select(static member => member.Name).Order(StringComparer.Ordinal));
        Assert.False(listed.GetProperty("thinking").GetBoolean());
    }

    [Fact]
    public async Task Model_that_the_service_shut_down_is_served_but_not_listed()
    {
        await using var host = await LiveTestHost.StartAsync(new EchoModel());

        var list = await GetAsync(host, $"/v1beta/models?key={LiveTestHost.Key}", HttpStatusCode.OK);
        var one = await GetAsync(host, $"/v1/models/gemini-2.0-flash-live-001?key={LiveTestHost.Key}", HttpStatusCode.OK);

        Assert.DoesNotContain(list.GetProperty("models").EnumerateArray(), static m => m.GetProperty("name").GetString()!.Contains("2.0", StringComparison.Ordinal));
        Assert.EndsWith("The public service shut it down on 2025-12-09.", one.GetProperty("description").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1beta/models/nothing?key=" + LiveTestHost.Key, HttpStatusCode.NotFound, "NOT_FOUND")]
    [InlineData("/v1beta/models", HttpStatusCode.Forbidden, "PERMISSION_DENIED")]
    [InlineData("/v1beta/models?key=wrong", HttpStatusCode.BadRequest, "INVALID_ARGUMENT")]
    [InlineData(LiveTestHost.Path, HttpStatusCode.BadRequest, "FAILED_PRECONDITION")]
    public async Task Error_has_the_format_of_Google(string path, HttpStatusCode code, string status)
    {
        await using var host = await LiveTestHost.StartAsync(new EchoModel());

        var body = await GetAsync(host, path, code);

        Assert.Equal(status, body.GetProperty("error").GetProperty("status").GetString());
    }

    [Fact]
    public async Task Health_reports_status_models_and_components()
    {
        await using var host = await LiveTestHost.StartAsync(new EchoModel(), services: static services => services.AddSingleton<ILiveHealthPart, Synthesizer>());

        var health = await GetAsync(host, "/healthz", HttpStatusCode.OK);

        Assert.Equal("ok", health.GetProperty("status").GetString());
        Assert.NotEmpty(health.GetProperty("version").GetString()!);
        Assert.Contains(health.GetProperty("models").EnumerateArray(), static m => m.GetString() == "models/gemini-3.8-live");
        Assert.Equal("tones", health.GetProperty("parts").GetProperty("synthesizer").GetString());
    }

    [Fact]
    public async Task Rate_limiter_of_the_application_applies()
    {
        await using var host = await InMemoryHost.StartAsync(
            static builder =>
            {
                builder.Services.AddLiveApi().UseDefaultModel(static _ => new EchoModel());
                builder.Services.AddRateLimiter(static limiter => limiter.AddFixedWindowLimiter("live", static window => (window.PermitLimit, window.Window) = (2, TimeSpan.FromDays(1))));
            },
            static app =>
            {
                app.UseRateLimiter();
                app.MapLiveApi().RequireRateLimiting("live");
            });
        await GetAsync(host, "/healthz", HttpStatusCode.OK);
        await GetAsync(host, "/readyz", HttpStatusCode.OK);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await host.ExpectRefusedAsync(LiveTestHost.Path + "?key=parley-dev"));
    }

    private static async Task<JsonElement> GetAsync(InMemoryHost host, string path, HttpStatusCode expected)
    {
        using var http = host.CreateClient();
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(expected, response.StatusCode);
        return JsonElement.Parse(await response.Content.ReadAsStringAsync());
    }

    private sealed class Synthesizer : ILiveHealthPart
    {
        public string Name => "synthesizer";

        public string State => "tones";
    }
}
