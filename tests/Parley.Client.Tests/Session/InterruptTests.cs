using Parley.Client.Tests.Scripted;
using Parley.Protocol;

namespace Parley.Client.Tests.Session;

public class InterruptTests
{
    private const string Interrupted = """{"serverContent":{"interrupted":true}}""";
    private const string TurnComplete = """{"serverContent":{"turnComplete":true}}""";

    [Fact]
    public async Task Interrupting_stops_the_model_and_drops_the_rest_of_the_turn()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(Wire.Audio([1, 0]));
            await peer.SendAsync(Wire.Audio([2, 0]));
            Assert.Equal("""{"clientContent":{"turnComplete":false}}""", (await peer.ExpectAsync()).GetRawText());
            await peer.SendAsync(Wire.Audio([3, 0]));
            await peer.SendAsync(Interrupted);
            await peer.SendAsync(Wire.Audio([4, 0]));
            await peer.SendAsync(TurnComplete);
            Assert.Equal("go on", await peer.ExpectTextAsync());
            await peer.SendAsync(Wire.Audio([5, 0]));
            await peer.SendAsync(Wire.TurnComplete);
            await peer.CloseAsync(1000);
        });
        await using var session = await server.ConnectAsync();
        var (raised, first) = (0, await session.NextAsync<AudioUpdate>());
        session.Interrupting += (_, _) => raised++;

        var result = await session.InterruptAsync();
        await session.SendTextAsync("go on");
        var rest = await session.ReadToEndAsync();

        Assert.Equal((InterruptResult.Acknowledged, 1, 1L), (result, raised, first.Turn));
        Assert.Equal([5], rest.OfType<AudioUpdate>().Select(static audio => (int)audio.Pcm.Span[0]));
        Assert.Equal(2, rest.OfType<AudioUpdate>().Single().Turn);
        Assert.Single(rest.OfType<InterruptedUpdate>());
        Assert.Equal(2, rest.OfType<TurnCompleteUpdate>().Count());
    }

    [Fact]
    public async Task Interrupting_times_out_and_drops_the_rest_of_the_turn()
    {
        var clock = new ArmedClock();
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(Wire.Audio([1, 0]));
            await peer.ExpectAsync();
            await peer.ExpectAsync();
            await peer.SendAsync(Wire.Audio([2, 0]));
            await peer.SendAsync(TurnComplete);
            await peer.CloseAsync(1000);
        });
        await using var session = await server.ConnectAsync(configure: options => options.TimeProvider = clock);
        await session.NextAsync<AudioUpdate>();

        var interrupting = session.InterruptAsync();
        await clock.ArmedAsync(TimeSpan.FromSeconds(3));
        clock.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(InterruptResult.TimedOut, await interrupting);
        await session.SendAudioAsync(new byte[640]);
        Assert.Empty((await session.ReadToEndAsync()).OfType<AudioUpdate>());
    }

    [Fact]
    public async Task An_empty_activity_interrupts_models_without_client_content_in_mid_session()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(Wire.Audio([1, 0]));
            Assert.Equal("""{"realtimeInput":{"activityStart":{}}}""", (await peer.ExpectAsync()).GetRawText());
            await peer.SendAsync(Interrupted);
            Assert.Equal("""{"realtimeInput":{"activityEnd":{}}}""", (await peer.ExpectAsync()).GetRawText());
            await peer.ExpectCloseAsync();
        });
        await using var session = await server.ConnectAsync(new LiveSetup
        {
            Model = "gemini-3.1-flash-live-preview",
            RealtimeInput = new RealtimeInputConfig
            {
                AutomaticActivityDetection = new AutomaticActivityDetection { Disabled = true },
                TurnCoverage = TurnCoverage.TurnIncludesOnlyActivity,
            },
        }, InSpring);
        await session.NextAsync<AudioUpdate>();

        Assert.Equal(InterruptResult.Acknowledged, await session.InterruptAsync());
    }

    [Fact]
    public async Task Output_of_a_model_that_cannot_be_stopped_is_dropped()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(Wire.Audio([1, 0]));
            Assert.Equal("next", await peer.ExpectTextAsync());
            await peer.SendAsync(Wire.Audio([2, 0]));
            await peer.CloseAsync(1000);
        });
        await using var session = await server.ConnectAsync(new LiveSetup { Model = "gemini-3.1-flash-live-preview" }, InSpring);
        await session.NextAsync<AudioUpdate>();

        Assert.Equal(InterruptResult.LocalOnly, await session.InterruptAsync());
        await session.SendTextAsync("next");
        Assert.Empty((await session.ReadToEndAsync()).OfType<AudioUpdate>());
    }

    [Fact]
    public async Task Interrupting_without_a_turn_stops_only_playback()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(Wire.Audio([1, 0]));
            await peer.SendAsync(Wire.TurnComplete);
            await peer.SendAsync(Wire.Text("next turn"));
            await peer.SendAsync(Wire.TurnComplete);
            await peer.ExpectCloseAsync();
        });
        await using var session = await server.ConnectAsync();
        await session.NextAsync<TextUpdate>();
        await session.NextAsync<TurnCompleteUpdate>();

        Assert.Equal(InterruptResult.NothingToInterrupt, await session.InterruptAsync());
        await session.NextAsync<InterruptedUpdate>();
    }

    // Then 3.1 took client content as initial history only.
    private static void InSpring(LiveClientOptions options) => options.Profiles = LiveModelProfiles.BuiltIn.On(new DateOnly(2026, 6, 1));
}
