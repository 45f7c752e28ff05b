using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Relay;

/// <summary>A setup that nothing restricts reaches the upstream byte for byte, whatever this server thinks of it.</summary>
public sealed class UnreadSetupTests
{
    private const string Resumption = "\"sessionResumption\":{}";

    public static TheoryData<string> Members =>
    [
        // One value for a list, and the other way around.
        "\"generationConfig\":{\"responseModalities\":\"audio\"}",
        "\"generation_config\":{\"response_modalities\":\"AUDIO\",\"temperature\":[1]}",
        "\"tools\":{\"functionDeclarations\":{\"name\":\"f\",\"parameters\":{\"type\":[\"object\",\"null\"]}}}",
        "\"systemInstruction\":[\"Be brief.\"]",
        "\"systemInstruction\":\"Be brief.\"",
        // Unknown names and values, at every depth.
        "\"dreams\":{\"a\":[1,{\"b\":null}]}",
        "\"generationConfig\":{\"mediaResolution\":\"MEDIA_RESOLUTION_HUGE\",\"responseModalities\":[\"SMELL\"],\"more\":1}",
        "\"tools\":[{\"dreamSearch\":{}}],\"realtimeInputConfig\":{\"turnCoverage\":99}",
        // Wrong types, duplicate members, a second spelling.
        "\"generationConfig\":\"none\"",
        "\"proactivity\":{\"proactiveAudio\":\"yes\"}",
        "\"generationConfig\":{},\"generationConfig\":{\"temperature\":\"hot\"}",
        "\"generationConfig\":{},\"generation_config\":{}",
        "\"contextWindowCompression\":{\"triggerTokens\":\"many\"}",
        "\"g\\u0065nerationConfig\":{\"seed\":1.5}",
    ];

    [Theory]
    [MemberData(nameof(Members))]
    public async Task Setup_that_nothing_restricts_is_forwarded_unchanged(string members)
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host);
        var setup = $$$"""{ "setup": {"model":"models/gemini-x",{{{Resumption}}},{{{members}}}} }""";

        var (client, connection) = await gateway.OpenAsync(upstream, setup);
        await using var _ = client;

        Assert.Equal(setup, await connection.SetupAsync());
    }

    [Theory]
    [InlineData("models/gemini-9-of-tomorrow")]
    [InlineData("models/no-live-model")]
    [InlineData("tunedModels/mine")]
    [InlineData("projects/p/locations/global/publishers/google/models/gemini-live-2.5-flash-native-audio")]
    [InlineData("something else")]
    public async Task Every_model_name_reaches_the_upstream(string model)
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host);
        var setup = $$$"""{"setup":{"model":"{{{model}}}",{{{Resumption}}}}}""";

        var (client, connection) = await gateway.OpenAsync(upstream, setup);
        await using var _ = client;

        Assert.Equal(setup, await connection.SetupAsync());
    }

    [Fact]
    public async Task Session_with_an_unread_setup_resumes_with_a_handle()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host);
        var (client, first) = await gateway.OpenAsync(upstream, """{"setup":{"model":"models/gemini-x","session_resumption":{},"generationConfig":7}}""");
        await first.SendAsync("""{"sessionResumptionUpdate":{"newHandle":"up-1","resumable":true}}""");
        var handle = (await client.ReceiveUntilAsync(static f => f.Has("sessionResumptionUpdate"))).NewHandle();
        await client.DisposeAsync();

        var (again, second) = await gateway.OpenAsync(
            upstream, $$$"""{"setup":{"model":"models/gemini-x","session_resumption":{"handle":"{{{handle}}}"},"generationConfig":7}}""");

        Assert.Equal("""{"setup":{"model":"models/gemini-x","session_resumption":{"handle":"up-1"},"generationConfig":7}}""", await second.SetupAsync());
        await again.DisposeAsync();
    }

    [Theory]
    [InlineData("""{"setup":{"model":"models/a","model":"models/b"}}""")]
    [InlineData("""{"setup":{"model":"models/a"},"setup":{"model":"models/b"}}""")]
    [InlineData("""{"setup":{"model":"models/a","sessionResumption":{"handle":"1"},"session_resumption":{"handle":"2"}}}""")]
    [InlineData("""{"setup":{"model":"models/a","sessionResumption":{"handle":"1","handle":"2"}}}""")]
    [InlineData("""{"setup":{"model":7,"dreams":1}}""")]
    [InlineData("""{"setup":[]}""")]
    [InlineData("""{"setup":{"dreams":1}}""")]
    [InlineData("""{"setup":{"model":"models/a","dreams":1}""")]
    [InlineData("""{"setup":{"model":"models/a","generationConfig":7}} x""")]
    public async Task Setup_whose_model_or_handle_is_uncertain_is_refused(string setup)
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host);
        await using var client = await gateway.ConnectAsync();

        await client.SendJsonAsync(setup);

        Assert.Equal(1007, (await client.ExpectCloseAsync()).Code);
        Assert.Empty(upstream.Connections.Snapshot);
    }

    [Theory]
    [MemberData(nameof(Members))]
    public async Task Restricted_setup_must_be_read_completely(string members)
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(
            upstream.Host, configure: static options => options.Policy.Modalities.Add("AUDIO"));
        await using var client = await gateway.ConnectAsync();

        await client.SendJsonAsync($$$"""{"setup":{"model":"models/gemini-x",{{{members}}},"dreams2":1}}""");

        Assert.Equal(1007, (await client.ExpectCloseAsync()).Code);
        Assert.Empty(upstream.Connections.Snapshot);
    }
}
