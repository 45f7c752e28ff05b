using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Parley.Protocol;
using Parley.Server.Tests.Relay;
using Parley.Server.Tests.Support;
using Parley.Server.Tests.Telemetry;
using Parley.TestKit;

namespace Parley.Server.Tests.Endpoints;

public sealed class CostTests
{
    private const string Secret = "the-secret-of-the-operator";
    private const string Model = "gemini-2.5-flash-native-audio-preview-12-2025";

    private readonly EchoModel _model = new();
    private readonly UsageList _usage = new();

    [Fact]
    public async Task Cost_of_a_session_is_in_usage_metrics_records_and_lists_exactly_once()
    {
        await using var host = await StartAsync(static prices => prices.Models[Model] = new LiveModelPrice { InputTokens = 2, OutputTokens = 10 });
        using var meter = new MeterReader(host);
        using var admin = Client(host);
        await using (var client = await host.OpenAsync())
        {
            await UseAsync(client, prompt: 1_000, response: 100);
            await UseAsync(client, prompt: 2_000, response: 0);

            var session = Assert.Single((await GetAsync(admin, "/admin/sessions")).GetProperty("sessions").EnumerateArray());
            Assert.Equal((0.007m, 3_000, 100), (session.GetProperty("cost").GetDecimal(), session.GetProperty("promptTokens").GetInt32(), session.GetProperty("responseTokens").GetInt32()));
        }
        await host.Logs.FirstAsync(static entry => entry.Message.Contains("left connection", StringComparison.Ordinal), "the session ends");

        var usage = await GetAsync(admin, "/admin/usage");
        Assert.Equal("USD", usage.GetProperty("currency").GetString());
        var day = Assert.Single(usage.GetProperty("usage").EnumerateArray());
        Assert.Equal(0.007m, day.GetProperty("cost").GetDecimal());
        Assert.False(day.TryGetProperty("unpricedTokens", out _));
        Assert.Equal(0.007, meter.Sum("parley.usage.cost", ("parley.currency", "USD"), ("parley.backend", "local")), 0.0000001);
        Assert.Equal(0.007m, _usage.Records.Sum(static record => record.Cost ?? 0));
    }

    [Fact]
    public async Task Model_without_a_price_has_no_cost()
    {
        await using var host = await StartAsync(static prices => prices.Models["another"] = new LiveModelPrice { InputTokens = 2, OutputTokens = 10 });
        using var meter = new MeterReader(host);
        using var admin = Client(host);
        await using var client = await host.OpenAsync();
        await UseAsync(client, prompt: 1_000, response: 100);

        var day = Assert.Single((await GetAsync(admin, "/admin/usage")).GetProperty("usage").EnumerateArray());
        var session = Assert.Single((await GetAsync(admin, "/admin/sessions")).GetProperty("sessions").EnumerateArray());

        Assert.False(day.TryGetProperty("cost", out _));
        Assert.False(session.TryGetProperty("cost", out _));
        Assert.Equal(1_100, day.GetProperty("unpricedTokens").GetInt32());
        Assert.Equal(0, meter.Sum("parley.usage.cost"));
        Assert.Null(Assert.Single(_usage.Records, static record => record.Usage.PromptTokenCount is not null).Cost);
    }

    [Fact]
    public async Task Minutes_of_audio_cost_in_both_directions()
    {
        await using var host = await StartAsync(static prices =>
        {
            prices.Currency = "EUR";
            prices.Models["gemini-*"] = new LiveModelPrice { InputAudioMinutes = 0.6m, OutputAudioMinutes = 6 };
        });
        using var admin = Client(host);
        await using var client = await host.OpenAsync();
        var audio = Convert.ToBase64String(new byte[32_000]);
        await client.SendJsonAsync(new { RealtimeInput = new { Audio = new { MimeType = "audio/pcm;rate=16000", Data = audio } } });
        var session = await _model.FirstSessionAsync();
        await session.Heard.FirstAsync(static heard => heard is HeardAudio, "the audio is heard");
        session.Output.SendMedia(new LiveMedia(1, 1, new byte[48_000], null));
        await UseAsync(client, prompt: 1, response: 1);

        var usage = await GetAsync(admin, "/admin/usage");

        Assert.Equal("EUR", usage.GetProperty("currency").GetString());
        Assert.Equal(0.01m + 0.1m, Assert.Single(usage.GetProperty("usage").EnumerateArray()).GetProperty("cost").GetDecimal());
    }

    [Theory]
    [InlineData("""{"InputTokens":1}""", "needs both InputTokens and OutputTokens")]
    [InlineData("""{}""", "has no price")]
    [InlineData("""{"InputAudioMinutes":-1}""", "not from 0 to")]
    public void Incomplete_price_is_refused_by_name(string price, string expected)
    {
        var options = new LiveApiOptions();
        options.Prices.Models["x"] = JsonSerializer.Deserialize<LiveModelPrice>(price)!;

        var failure = Assert.Single(new LiveApiOptionsValidator().Validate(null, options).Failures!);

        Assert.Contains("Live:Prices:Models:x", failure, StringComparison.Ordinal);
        Assert.Contains(expected, failure, StringComparison.Ordinal);
    }

    private async Task UseAsync(LiveSocket client, int prompt, int response)
    {
        (await _model.FirstSessionAsync()).Output.Send(new LiveSessionResponse { UsageMetadata = new UsageMetadata { PromptTokenCount = prompt, ResponseTokenCount = response } });
        await client.ReceiveUntilAsync(static frame => frame.Has("usageMetadata"), "usageMetadata");
    }

    private Task<InMemoryHost> StartAsync(Action<LivePriceOptions> prices) => LiveTestHost.StartAsync(
        _model,
        options =>
        {
            options.Admin.Secret = Secret;
            prices(options.Prices);
        },
        services: services => services.AddSingleton<IUsageSink>(_usage),
        app: static app => app.MapLiveAdmin());

    private static HttpClient Client(InMemoryHost host)
    {
        var http = host.CreateClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Secret);
        return http;
    }

    private static async Task<JsonElement> GetAsync(HttpClient http, string path)
    {
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonElement.Parse(await response.Content.ReadAsStringAsync());
    }

    private sealed class UsageList : IUsageSink
    {
        public System.Collections.Concurrent.ConcurrentQueue<UsageRecord> Records { get; } = new();

        public void Record(in UsageRecord record) => Records.Enqueue(record);
    }
}
