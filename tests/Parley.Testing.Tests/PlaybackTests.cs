using Parley.Audio;
using Parley.Client;
using Parley.Testing.Scenarios;

namespace Parley.Testing.Tests;

/// <summary>What a listener would have heard.</summary>
public sealed class PlaybackTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    [Fact]
    public async Task Answer_is_heard_whole_after_its_time_to_first_audio()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.When("hello").Waits(Ms(700)).Says("Hi there.");
        await using var call = await Conversing.StartAsync(server);
        await server.AdvanceAsync(Ms(1_000), Cancellation);

        await call.Session.SendTextAsync("hello", Cancellation);
        await server.AdvanceAsync(Ms(1_000), Cancellation);

        var turn = server.Journal.Playback.Turns.Single();
        Assert.Equal(new PlaybackTurn { Number = 1, Asked = Ms(1_000), Started = Ms(1_700), Ended = Ms(2_330), Heard = Ms(630), Text = "Hi there.", Gaps = turn.Gaps }, turn);
        Assert.Equal(Ms(700), turn.TimeToFirstAudio);
        Assert.Empty(server.Journal.Playback.Gaps);
        short[] expected = [.. new short[24_000 * 17 / 10], .. Pcm.ToSamples(ToneVoice.Speak("Hi there.", null))];
        Assert.Equal(expected, server.Journal.Playback.Audio.Samples.ToArray());
    }

    [Fact]
    public async Task Audio_that_comes_too_late_leaves_a_gap()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.When("slow").Says("One", new SpokenReply { Duration = Ms(200) }).Waits(Ms(500)).Says("two", new SpokenReply { Duration = Ms(200) });
        await using var call = await Conversing.StartAsync(server);

        await call.Session.SendTextAsync("slow", Cancellation);
        await server.AdvanceAsync(Ms(1_000), Cancellation);

        var playback = server.Journal.Playback;
        Assert.Equal([(Ms(200), Ms(300))], playback.Gaps);
        Assert.Equal((Ms(300), Ms(400), Ms(700)), (playback.LongestGap, playback.Turns.Single().Heard, playback.Turns.Single().Ended));
    }

    [Fact]
    public async Task Interruption_cuts_what_has_not_played_and_measures_the_time_to_silence()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.When("story").Says("Once upon a time there was a king who lived in a castle.", new SpokenReply { Every = Ms(20) });
        server.When(Heard.Speech()).Says("Sorry.");
        await using var call = await Conversing.StartAsync(server);
        await call.Session.SendTextAsync("story", Cancellation);
        await server.AdvanceAsync(Ms(1_000), Cancellation);

        var speech = Sounds.Bytes(Sounds.Speech("Stop it please"));
        for (var at = 0; at < speech.Length; at += 1_280)
        {
            await call.Session.SendAudioAsync(speech.AsMemory(at, Math.Min(1_280, speech.Length - at)), cancellationToken: Cancellation);
            await server.AdvanceAsync(Ms(40), Cancellation);
        }
        await call.FirstAsync<InterruptedUpdate>();

        var story = server.Journal.Playback.Turns[0];
        Assert.True(story.WasInterrupted);
        Assert.InRange(story.Heard, Ms(1_040), Ms(1_200));
        Assert.Equal(story.Heard, story.Ended);
        // Twice as fast as it plays, so that about as much was waiting as was heard.
        Assert.InRange(story.Cut, Ms(900), Ms(1_200));
        Assert.InRange(story.TimeToSilence!.Value, Ms(40), Ms(200));
        Assert.InRange(story.Overlap, Ms(40), Ms(200));
        Assert.Equal(story.Heard, server.Journal.Playback.Audio.Duration);
    }

    [Fact]
    public async Task Odd_parts_and_resumed_connections_are_one_recording()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.Quirks.Enable(Quirk.OddAudioParts);
        server.When("hello").Says("Hi there.");
        await using var call = await Conversing.StartAsync(server);
        await call.Session.SendTextAsync("hello", Cancellation);
        await call.TurnsAsync(1);
        await server.QuietAsync(Cancellation);
        server.CutConnections();
        await call.FirstAsync<ReconnectingUpdate>();
        await server.AdvanceAsync(TimeSpan.FromSeconds(5), Cancellation);
        await call.Session.SendTextAsync("hello", Cancellation);
        await call.TurnsAsync(2);

        Assert.Equal(["Hi there.", "Hi there."], server.Journal.Playback.Turns.Select(static turn => turn.Text));
        Assert.Equal(Pcm.ToSamples(ToneVoice.Speak("Hi there.", null)), server.Journal.Playback.Audio.Samples[..15_120].ToArray());
    }

    [Fact]
    public async Task Several_sessions_have_a_playback_each()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.When("hello").Says("Hi.");
        Assert.Throws<ExpectationException>(() => server.Journal.Playback);
        await using var one = await Conversing.StartAsync(server);
        await using var other = await Conversing.StartAsync(server);
        await other.Session.SendTextAsync("hello", Cancellation);
        await other.TurnsAsync(1);

        Assert.Equal([0, 1], server.Journal.Playbacks.Select(static playback => playback.Turns.Count).Order());
        Assert.Equal("Expected one session, but there were 2. LiveJournal.Playbacks has each of them.", Assert.Throws<ExpectationException>(() => server.Journal.Playback).Message);
    }
}
