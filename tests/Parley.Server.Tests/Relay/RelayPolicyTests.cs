using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Relay;

public sealed class RelayPolicyTests
{
    private readonly TestClock _time = new(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Model_that_is_not_allowed_is_not_found()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream, static policy => policy.Models.Add("gemini-3*"));
        await using var client = await gateway.ConnectAsync();

        await client.SendJsonAsync(LiveTestHost.Setup);

        var close = await client.ExpectCloseAsync();
        Assert.Equal(1008, close.Code);
        Assert.StartsWith("models/gemini-2.5-flash-native-audio-preview-12-2025 is not found", close.Reason, StringComparison.Ordinal);
        Assert.Empty(upstream.Connections.Snapshot);
    }

    [Fact]
    public async Task Policy_replaces_instruction_and_tools()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream, static policy =>
        {
            policy.SystemInstruction = "Sell shoes.";
            policy.Tools = """[{"functionDeclarations":[{"name":"sell"}]}]""";
        });

        var (client, connection) = await gateway.OpenAsync(
            upstream, """{"setup":{"model":"models/gemini-x","systemInstruction":{"parts":[{"text":"Sell hats."}]},"tools":[{"googleSearch":{}}],"generationConfig":{"temperature":0.5}}}""");
        await using var _ = client;

        var setup = await connection.SetupAsync();
        Assert.Contains("Sell shoes.", setup, StringComparison.Ordinal);
        Assert.Contains("\"sell\"", setup, StringComparison.Ordinal);
        Assert.Contains("\"temperature\":0.5", setup, StringComparison.Ordinal);
        Assert.DoesNotContain("hats", setup, StringComparison.Ordinal);
        Assert.DoesNotContain("googleSearch", setup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_field_is_refused_if_the_context_is_pinned()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream, static policy => policy.SystemInstruction = "Sell shoes.");
        await using var client = await gateway.ConnectAsync();

        await client.SendJsonAsync("""{"setup":{"model":"models/gemini-x","otherInstruction":"Sell hats."}}""");

        var close = await client.ExpectCloseAsync();
        Assert.Equal((1007, "Invalid JSON payload received. Unknown name \"otherInstruction\" at 'setup': Cannot find field."), (close.Code, close.Reason));
        Assert.Empty(upstream.Connections.Snapshot);
    }

    [Theory]
    [InlineData("""{"contextUpdate":{"systemInstruction":{"parts":[{"text":"Sell hats."}]}}}""")]
    [InlineData("""{"realtimeInput":{"text":"x"},"context_update":{}}""")]
    [InlineData("""{"contextUpdate":{""")]
    public async Task Pinned_context_cannot_be_changed(string message)
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream, static policy => policy.SystemInstruction = "Sell shoes.");
        var (client, connection) = await gateway.OpenAsync(upstream);
        await using var _ = client;

        await client.SendJsonAsync(message);

        Assert.Equal(1007, (await client.ExpectCloseAsync()).Code);
        await connection.Received.FirstAsync(static f => f.Type == System.Net.WebSockets.WebSocketMessageType.Close, "the upstream is closed");
        Assert.Equal(2, connection.Received.Snapshot.Count);
    }

    [Fact]
    public async Task Context_update_is_forwarded_without_a_pinned_context()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream, static _ => { });
        var (client, connection) = await gateway.OpenAsync(upstream);
        await using var _ = client;

        await client.SendJsonAsync("""{"contextUpdate":{}}""");

        await connection.TextAsync(static text => text == """{"contextUpdate":{}}""", "the update");
    }

    [Fact]
    public async Task Modality_that_is_not_allowed_is_refused()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream, static policy => policy.Modalities.Add("AUDIO"));
        await using var client = await gateway.ConnectAsync();

        await client.SendJsonAsync("""{"setup":{"model":"models/gemini-x","generationConfig":{"responseModalities":["TEXT"]}}}""");

        Assert.Equal(1007, (await client.ExpectCloseAsync()).Code);
    }

    [Fact]
    public async Task Longest_session_ends_after_a_goAway()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream, static policy => policy.LongestSession = TimeSpan.FromMinutes(30));
        var (client, _) = await gateway.OpenAsync(upstream);
        await using var __ = client;

        var goAway = client.ReceiveUntilAsync(static f => f.Has("goAway"), "goAway");
        await _time.AdvanceUntilAsync(goAway, TimeSpan.FromMinutes(30) - LiveTestHost.Defaults.Sessions.GoAwayLead);
        var closed = client.ExpectCloseAsync();
        await _time.AdvanceUntilAsync(closed, LiveTestHost.Defaults.Sessions.GoAwayLead);

        Assert.Equal(1008, (await closed).Code);
    }

    [Fact]
    public async Task Daily_minutes_start_again_the_next_day()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream, static policy => policy.MinutesPerDay = 5);
        var (first, connection) = await gateway.OpenAsync(upstream);
        _time.Advance(TimeSpan.FromMinutes(4));
        await connection.SendAsync("""{"usageMetadata":{"totalTokenCount":1}}""");
        await first.ReceiveUntilAsync(static f => f.Has("usageMetadata"));
        var closed = first.ExpectCloseAsync(skipMessages: true);
        await _time.AdvanceUntilAsync(closed, LiveTestHost.Defaults.Sessions.GoAwayLead);
        await first.DisposeAsync();
        await gateway.Logs.FirstAsync(static e => e.EventId.Id == 1002, "the session ends");
        await using var second = await gateway.ConnectAsync();

        await second.SendJsonAsync(LiveTestHost.Setup);

        var close = await second.ExpectCloseAsync();
        Assert.Equal(1011, close.Code);
        Assert.StartsWith("You exceeded your current quota", close.Reason, StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromHours(12));
        var (third, _) = await gateway.OpenAsync(upstream);
        await third.DisposeAsync();
    }

    [Fact]
    public async Task Policy_applies_only_to_its_keys()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(
            upstream.Host,
            configure: static options => options.Policies["shop"] = new RelayPolicy { Keys = { "shop-key-secret" }, SystemInstruction = "Sell shoes." },
            time: _time,
            live: static options => options.ApiKeys.Add("shop-key-secret"));
        var (plain, connection) = await gateway.OpenAsync(upstream);
        await plain.DisposeAsync();
        Assert.DoesNotContain("shoes", await connection.SetupAsync(), StringComparison.Ordinal);

        var next = upstream.NextAsync();
        await using var shop = await gateway.ConnectAsync(key: "shop-key-secret");
        await shop.SendJsonAsync(LiveTestHost.Setup);

        Assert.Contains("shoes", await (await next).SetupAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Local_model_is_not_relayed()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host, configure: static options => options.LocalModels.Add("gemini-2.0-*"), local: new EchoModel());
        await using var client = await gateway.ConnectAsync();

        await client.SendJsonAsync("""{"setup":{"model":"models/gemini-2.0-flash-live-001","generationConfig":{"responseModalities":["TEXT"]}}}""");
        await client.ReceiveUntilAsync(static f => f.Has("setupComplete"));

        Assert.Empty(upstream.Connections.Snapshot);
    }

    private Task<InMemoryHost> StartAsync(RawUpstream upstream, Action<RelayPolicy> policy) =>
        Gateway.StartAsync(upstream.Host, configure: options => policy(options.Policy), time: _time, live: static options => options.Connections.KeepAliveInterval = TimeSpan.Zero);
}
