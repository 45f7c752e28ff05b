using Microsoft.Extensions.AI;
using Parley.Client;

namespace Parley.Testing.Tests.Cassettes;

/// <summary>Recording a server, and playing what was recorded.</summary>
[Collection("Cassettes")]
public sealed class RecordingTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-cassettes-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Tape => Path.Combine(_folder.FullName, "lamp.cassette");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Session_is_recorded_once_and_played_without_its_server()
    {
        await using (var upstream = await UpstreamAsync())
        {
            await using var recorder = await RecordAsync(upstream);
            Assert.Equal(CassetteMode.Record, recorder.CassetteMode);
            Assert.Equal("Done.", await AskAsync(recorder));
            recorder.Verify();
        }

        await using var player = await PlayAsync();

        Assert.Equal(CassetteMode.Replay, player.CassetteMode);
        Assert.Equal("Done.", await AskAsync(player));
        player.Verify();
    }

    [Fact]
    public async Task Recording_of_a_test_that_failed_is_not_saved()
    {
        await using var upstream = await UpstreamAsync();
        await using (var recorder = await RecordAsync(upstream))
            await AskAsync(recorder);

        Assert.False(Directory.Exists(Tape));
    }

    [Fact]
    public async Task Changed_text_closes_the_connection_and_fails_Verify()
    {
        await RecordLampAsync();
        await using var player = await PlayAsync();
        await using var call = await Conversing.StartAsync(player, LampSetup);

        await call.Session.SendTextAsync("Turn off the lamp", Cancellation);
        var end = await call.Session.Completion;

        Assert.Equal(1008, end.CloseCode);
        Assert.Equal("Not as recorded: message 2: realtimeInput.text: expected \"Turn on the lamp\", was \"Turn off the lamp\"", end.Reason);
        Assert.Contains("realtimeInput.text: expected \"Turn on the lamp\", was \"Turn off the lamp\"", Assert.Throws<ExpectationException>(player.Verify).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("replay", CassetteMode.Replay)]
    [InlineData("Record", CassetteMode.Record)]
    [InlineData("auto", CassetteMode.Auto)]
    [InlineData("record-missing", CassetteMode.RecordMissing)]
    [InlineData("", CassetteMode.Replay)]
    [InlineData(null, CassetteMode.Replay)]
    public void Mode_of_the_environment_has_precedence(string? variable, CassetteMode expected) => Assert.Equal(expected, CassetteOptions.ModeOf(variable, CassetteMode.Replay));

    [Fact]
    public void Unknown_mode_of_the_environment_is_refused() =>
        Assert.Equal("PARLEY_CASSETTE_MODE is 'rec'. It must be replay, record, auto or record-missing.", Assert.Throws<CassetteException>(static () => CassetteOptions.ModeOf("rec", default)).Message);

    [Theory]
    [InlineData(CassetteMode.Replay, "does not exist. Record it first: PARLEY_CASSETTE_MODE=record")]
    [InlineData(CassetteMode.Auto, "does not exist, and CassetteOptions.Upstream names no server")]
    [InlineData(CassetteMode.Record, "cannot be recorded: CassetteOptions.Upstream names no server")]
    public async Task Missing_cassette_or_upstream_is_reported_at_the_start(CassetteMode mode, string expected) =>
        Assert.Contains(expected, (await Assert.ThrowsAsync<CassetteException>(() => PlayAsync(options => options.Mode = mode))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Sessions_that_are_missing_are_recorded_and_the_others_replayed()
    {
        await RecordLampAsync();
        await using (var upstream = await UpstreamAsync())
        {
            upstream.When("door").Says("It is open.");
            await using var both = await RecordAsync(upstream, CassetteMode.RecordMissing);
            Assert.Equal("Done.", await AskAsync(both));
            Assert.Equal("It is open.", await AskAsync(both, new LiveSetup { Model = Conversing.Model, OutputTranscription = true }, "Open the door"));
            Assert.Equal(1, upstream.Journal.Connections);
            both.Verify();
        }

        await using var player = await PlayAsync();

        Assert.Equal("It is open.", await AskAsync(player, new LiveSetup { Model = Conversing.Model, OutputTranscription = true }, "Open the door"));
        Assert.Equal("Done.", await AskAsync(player));
        player.Verify();
    }

    [Fact]
    public async Task Recording_has_the_target_without_the_key_and_the_bytes_of_the_upstream()
    {
        await using (var upstream = await UpstreamAsync())
        {
            await using var recorder = await RecordAsync(upstream);
            await AskAsync(recorder);
            recorder.Verify();
            await recorder.DisposeAsync();
            var cassette = Cassette.Load(Tape);

            Assert.Equal("/ws/google.ai.generativelanguage.v1.GenerativeService.BidiGenerateContent", cassette.Connections.Single().Target);
            Assert.Equal(Conversing.BlockingModel, cassette.Model);
            Assert.Equal(new DateOnly(2026, 1, 1), cassette.Recorded);
            Assert.DoesNotContain(upstream.ApiKey, await File.ReadAllTextAsync(Path.Combine(Tape, "messages.jsonl"), Cancellation), StringComparison.Ordinal);
            Assert.Equal(
                upstream.Journal.Entries.Where(static entry => entry.Response?.ServerContent?.ModelTurn is not null).Select(static entry => entry.Payload.ToArray()),
                recorder.Journal.Entries.Where(static entry => entry.Response?.ServerContent?.ModelTurn is not null).Select(static entry => entry.Payload.ToArray()));
        }
    }

    [Fact]
    public async Task Secret_in_a_prompt_fails_Verify_and_nothing_is_saved()
    {
        await using var upstream = await UpstreamAsync();
        await using (var recorder = await RecordAsync(upstream))
        {
            await AskAsync(recorder, LampSetup with { SystemInstruction = "The key is AI" + "za0123456789abcdefghij" });

            Assert.Contains("setup.systemInstruction.parts[0].text: a Google API key (AIza…)", Assert.Throws<CassetteException>(recorder.Verify).Message, StringComparison.Ordinal);
        }
        Assert.False(Directory.Exists(Tape));
    }

    [Fact]
    public async Task Refused_key_is_recorded_and_replayed_as_a_close()
    {
        await using (var upstream = await UpstreamAsync())
        {
            await using var recorder = await LiveTestServer.StartAsync(
                options => options.UseCassette(Tape, cassette => (cassette.Upstream, cassette.UpstreamInvoker, cassette.UpstreamKey) = (upstream.BaseAddress, upstream.Invoker, "wrong-key")), Cancellation);
            Assert.Equal(EndCause.InvalidKey, (await Assert.ThrowsAsync<LiveConnectException>(() => AskAsync(recorder))).Cause);
            recorder.Verify();
        }

        await using var player = await PlayAsync();

        Assert.Equal(EndCause.InvalidKey, (await Assert.ThrowsAsync<LiveConnectException>(() => AskAsync(player))).Cause);
    }

    [Fact]
    public async Task Upstream_that_cannot_be_reached_is_a_bad_gateway_and_not_recorded()
    {
        await using var recorder = await LiveTestServer.StartAsync(
            options => options.UseCassette(Tape, static cassette => (cassette.Upstream, cassette.UpstreamInvoker) = (new Uri("http://nowhere.test/"), new HttpMessageInvoker(new Unreachable()))), Cancellation);

        var error = await Assert.ThrowsAsync<LiveConnectException>(() => AskAsync(recorder));

        Assert.Equal(System.Net.HttpStatusCode.BadGateway, error.StatusCode);
        Assert.Empty(recorder.Cassette!.Connections);
    }

    private sealed class Unreachable : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => throw new HttpRequestException("There is no such host.");
    }

    private static LiveSetup LampSetup => new() { Model = Conversing.BlockingModel, OutputTranscription = true, Tools = [AIFunctionFactory.Create((string room) => room + " is on", "set_lamp")] };

    private static async Task<LiveTestServer> UpstreamAsync()
    {
        var upstream = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        upstream.When("lamp").Calls("set_lamp", new { room = "kitchen" }).Says("Done.");
        return upstream;
    }

    private async Task RecordLampAsync()
    {
        await using var upstream = await UpstreamAsync();
        await using var recorder = await RecordAsync(upstream);
        await AskAsync(recorder);
        recorder.Verify();
    }

    private Task<LiveTestServer> RecordAsync(LiveTestServer upstream, CassetteMode mode = CassetteMode.Auto) => LiveTestServer.StartAsync(
        options => options.UseCassette(
            Tape, cassette => (cassette.Mode, cassette.Upstream, cassette.UpstreamInvoker, cassette.UpstreamKey) = (mode, upstream.BaseAddress, upstream.Invoker, upstream.ApiKey)),
        Cancellation);

    private Task<LiveTestServer> PlayAsync(Action<CassetteOptions>? configure = null) => LiveTestServer.StartAsync(options => options.UseCassette(Tape, configure), Cancellation);

    private static async Task<string> AskAsync(LiveTestServer server, LiveSetup? setup = null, string text = "Turn on the lamp")
    {
        await using var session = await server.CreateClient().ConnectAsync(setup ?? LampSetup, Cancellation);
        return (await Expect.WithinAsync(session.AskAsync(text, Cancellation), "the answer", Cancellation)).Text;
    }
}
