using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Parley.Protocol;
using Parley.Server.Access;
using Parley.Server.Tests.Relay;
using Parley.Server.Tests.Support;
using Parley.Server.Wire;
using Parley.TestKit;

namespace Parley.Server.Tests.Access;

/// <summary>Limits, expiry and revocation of virtual keys. Every rule applies to the tokens minted with the key, too.</summary>
public sealed class VirtualKeyTests
{
    private readonly EchoModel _model = new();
    private readonly TestClock _time = new(new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Key_opens_sessions_until_it_is_revoked()
    {
        await using var host = await StartAsync();
        var keys = Keys(host);
        var created = await keys.CreateAsync("web site");
        await using (await host.OpenAsync(key: created.Secret))
        {
        }

        Assert.True(await keys.RevokeAsync(created.Key.Id));

        Assert.Equal(LiveClose.InvalidKey.Reason, (await RefusalAsync(host, created.Secret)).Reason);
        Assert.False(await keys.RevokeAsync("unknown"));
        Assert.Equal(_time.GetUtcNow(), Assert.Single(await keys.ListAsync()).Revoked);
    }

    [Fact]
    public async Task Expired_key_is_refused_with_its_own_reason()
    {
        await using var host = await StartAsync();
        var created = await Keys(host).CreateAsync("guest", expires: _time.GetUtcNow().AddHours(1));

        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal((1007, LiveClose.ExpiredKey.Reason), await RefusalTextAsync(host, created.Secret));
    }

    [Fact]
    public async Task Another_secret_with_the_same_id_is_refused()
    {
        await using var host = await StartAsync();
        var created = await Keys(host).CreateAsync("site");

        Assert.Equal((1007, LiveClose.InvalidKey.Reason), await RefusalTextAsync(host, KeyFormat.NewSecret(created.Key.Id)));
    }

    [Fact]
    public async Task Key_revoked_by_another_process_ends_its_sessions()
    {
        await using var host = await StartAsync();
        var created = await Keys(host).CreateAsync("site");
        await using var client = await host.OpenAsync(key: created.Secret);
        await client.EchoAsync("running");
        await Keys(host).RevokeAsync(created.Key.Id);

        var closed = client.ExpectCloseAsync();
        // Sessions are checked twice a minute.
        _time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(1007, (await closed).Code);
    }

    [Fact]
    public async Task Key_is_limited_in_open_sessions()
    {
        await using var host = await StartAsync();
        var created = await Keys(host).CreateAsync("site", new KeyLimits { MaxSessions = 1 });
        var token = await MintAsync(host, created.Secret, """{"uses":1}""");
        await using var first = await host.OpenAsync(key: created.Secret);

        Assert.Equal((1011, LiveClose.QuotaExceeded.Reason), await RefusalTextAsync(host, created.Secret));
        Assert.Equal(1011, (await TokenRefusalAsync(host, token)).Code);

        await first.Socket.CloseAsync(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
        await (await _model.FirstSessionAsync()).Disposed.FirstAsync(static _ => true, "the session ends");
        // The session refused at the limit took no use of the token.
        await using var onToken = await LiveSocket.ConnectAsync(host, $"{LiveTestHost.Constrained}?access_token={token}");
        await onToken.SendJsonAsync(LiveTestHost.Setup);
        Assert.True((await onToken.ReceiveAsync()).Has("setupComplete"));
    }

    [Fact]
    public async Task Key_is_limited_in_connections_per_minute()
    {
        await using var host = await StartAsync(static options => options.RejectAtHttp = true);
        var created = await Keys(host).CreateAsync("site", new KeyLimits { OpensPerMinute = 2 });
        var path = $"{LiveTestHost.Path}?key={created.Secret}";
        await using var first = await host.ConnectAsync(key: created.Secret);
        await using var second = await host.ConnectAsync(key: created.Secret);
        _time.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(HttpStatusCode.TooManyRequests, await host.ExpectRefusedAsync(path));
        Assert.Equal("40", await RetryAfterAsync(host, path));

        _time.Advance(TimeSpan.FromSeconds(40));
        await using var third = await host.ConnectAsync(key: created.Secret);
    }

    [Fact]
    public async Task Limits_close_with_the_reason_of_the_public_service_by_default()
    {
        await using var host = await StartAsync();
        var created = await Keys(host).CreateAsync("site", new KeyLimits { OpensPerMinute = 1 });
        await using var first = await host.OpenAsync(key: created.Secret);

        Assert.Equal((1011, LiveClose.QuotaExceeded.Reason), await RefusalTextAsync(host, created.Secret));
    }

    [Fact]
    public async Task Session_ends_at_the_daily_minutes_of_its_key()
    {
        await using var host = await StartAsync(static options => options.Connections.KeepAliveInterval = TimeSpan.Zero);
        var created = await Keys(host).CreateAsync("site", new KeyLimits { MinutesPerDay = 3 });
        await using var client = await host.OpenAsync(key: created.Secret);
        await client.EchoAsync("running");

        var closed = client.ExpectCloseAsync(skipMessages: true);
        _time.Advance(TimeSpan.FromMinutes(3));

        Assert.Contains((await closed).Code, (int[])[1008, 1011]);
        await (await _model.FirstSessionAsync()).Disposed.FirstAsync(static _ => true, "the session ends");
        Assert.Equal(1011, (await RefusalAsync(host, created.Secret)).Code);
        _time.Advance(TimeSpan.FromDays(1));
        await using var tomorrow = await host.OpenAsync(key: created.Secret);
    }

    [Fact]
    public async Task Session_ends_at_the_daily_tokens_of_its_key()
    {
        await using var host = await StartAsync();
        var created = await Keys(host).CreateAsync("site", new KeyLimits { TokensPerDay = 1_000 });
        await using var client = await host.OpenAsync(key: created.Secret);
        var output = (await _model.FirstSessionAsync()).Output;

        output.Send(new LiveSessionResponse { UsageMetadata = new UsageMetadata { PromptTokenCount = 600, ResponseTokenCount = 300 } });
        await client.EchoAsync("still here");
        output.Send(new LiveSessionResponse { UsageMetadata = new UsageMetadata { PromptTokenCount = 60, CandidatesTokenCount = 40 } });

        Assert.Equal(LiveClose.QuotaExceeded.Reason, (await client.ExpectCloseAsync(skipMessages: true)).Reason);
        Assert.Equal(1011, (await RefusalAsync(host, created.Secret)).Code);
        var used = host.Services.GetRequiredService<UsageTracker>().UsageToday(created.Key.Id);
        Assert.Equal((660, 340), (used.PromptTokens, used.ResponseTokens));
    }

    [Fact]
    public async Task Key_sees_only_its_models()
    {
        await using var host = await StartAsync();
        var created = await Keys(host).CreateAsync("site", new KeyLimits { Models = ["gemini-3.8-*"] });
        using var http = host.CreateClient();

        await using (await host.OpenAsync("""{"setup":{"model":"models/gemini-3.8-live"}}""", key: created.Secret))
        {
        }
        Assert.Equal((1008, CloseReason.Cut(LiveClose.UnknownModel("models/gemini-2.5-flash-native-audio-preview-12-2025", "v1beta").Reason)), await RefusalTextAsync(host, created.Secret));
        using var list = await http.GetAsync(new Uri($"/v1beta/models?key={created.Secret}", UriKind.Relative));
        var models = JsonElement.Parse(await list.Content.ReadAsStringAsync()).GetProperty("models").EnumerateArray().Select(static model => model.GetProperty("name").GetString()!);
        Assert.All(models, static name => Assert.StartsWith("models/gemini-3.8-", name, StringComparison.Ordinal));
        using var other = await http.GetAsync(new Uri($"/v1beta/models/gemini-2.5-flash-native-audio-preview-12-2025?key={created.Secret}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        using var minted = await http.PostAsync(
            new Uri($"/v1beta/auth_tokens?key={created.Secret}", UriKind.Relative),
            new StringContent("""{"bidiGenerateContentSetup":{"model":"models/gemini-2.5-flash-native-audio-preview-12-2025"}}""", Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.Forbidden, minted.StatusCode);
        var free = await MintAsync(host, created.Secret, "{}");
        Assert.Equal(1008, (await TokenRefusalAsync(host, free)).Code);
    }

    [Fact]
    public async Task Revoked_key_revokes_its_tokens()
    {
        await using var host = await StartAsync();
        var created = await Keys(host).CreateAsync("site");
        var token = await MintAsync(host, created.Secret, "{}");

        await Keys(host).RevokeAsync(created.Key.Id);

        Assert.Equal(LiveClose.InvalidKey.Reason, (await TokenRefusalAsync(host, token)).Reason);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("line\nbreak", 1)]
    [InlineData("site", 0)]
    public async Task Invalid_key_request_is_refused(string name, int maxSessions)
    {
        await using var host = await StartAsync();

        await Assert.ThrowsAnyAsync<ArgumentException>(() => Keys(host).CreateAsync(name, new KeyLimits { MaxSessions = maxSessions }));
    }

    [Fact]
    public void Created_key_ToString_omits_the_secret() =>
        Assert.Equal("CreatedKey(abc)", new CreatedKey("secret", new VirtualKey { Id = "abc", Name = "site", Created = default }).ToString());

    private Task<InMemoryHost> StartAsync(Action<LiveApiOptions>? configure = null) => LiveTestHost.StartAsync(_model, configure, _time);

    private static LiveKeys Keys(InMemoryHost host) => host.Services.GetRequiredService<LiveKeys>();

    private static async Task<string> MintAsync(InMemoryHost host, string key, string body)
    {
        using var http = host.CreateClient();
        using var response = await http.PostAsync(new Uri($"/v1beta/auth_tokens?key={key}", UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"));
        return JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("name").GetString()!;
    }

    private static async Task<string?> RetryAfterAsync(InMemoryHost host, string path)
    {
        using var invoker = host.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", "websocket");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Version", "13");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Key", "cGFybGV5LXRlc3Qta2l0IQ==");
        using var response = await invoker.SendAsync(request);
        return response.Headers.RetryAfter?.ToString();
    }

    private static async Task<(int Code, string Reason)> RefusalTextAsync(InMemoryHost host, string key)
    {
        var close = await RefusalAsync(host, key);
        return (close.Code, close.Reason);
    }

    private static async Task<TestKit.LiveClose> RefusalAsync(InMemoryHost host, string key)
    {
        await using var client = await host.ConnectAsync(key: key);
        await client.SendJsonAsync(LiveTestHost.Setup);
        return await client.ExpectCloseAsync();
    }

    private static async Task<TestKit.LiveClose> TokenRefusalAsync(InMemoryHost host, string token)
    {
        await using var client = await LiveSocket.ConnectAsync(host, $"{LiveTestHost.Constrained}?access_token={token}");
        await client.SendJsonAsync(LiveTestHost.Setup);
        return await client.ExpectCloseAsync();
    }
}
