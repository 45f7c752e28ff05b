using Microsoft.Extensions.AI;
using Parley.Client;

namespace Parley.Testing.Tests.Cassettes;

/// <summary>Recording a server, and playing what was recorded.</summary>
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
        Assert.Equal("Not as recorded: connection 1, message 2: realtimeInput.text: expected \"Turn on the lamp\", was \"Turn off the lamp\"", end.Reason);
        Assert.Contains("realtimeInput.text: expected \"Turn on the lamp\", was \"Turn off the lamp\"", Assert.Throws<ExpectationException>(player.Verify).Message, StringComparison.Ordinal);
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

    private Task<LiveTestServer> RecordAsync(LiveTestServer upstream) => LiveTestServer.StartAsync(
        options => options.UseCassette(Tape, cassette => (cassette.Upstream, cassette.UpstreamInvoker, cassette.UpstreamKey) = (upstream.BaseAddress, upstream.Invoker, upstream.ApiKey)), Cancellation);

    private Task<LiveTestServer> PlayAsync(Action<CassetteOptions>? configure = null) => LiveTestServer.StartAsync(options => options.UseCassette(Tape, configure), Cancellation);

    private static async Task<string> AskAsync(LiveTestServer server)
    {
        await using var session = await server.CreateClient().ConnectAsync(LampSetup, Cancellation);
        return (await Expect.WithinAsync(session.AskAsync("Turn on the lamp", Cancellation), "the answer", Cancellation)).Text;
    }
}
