using Parley.Client;
using Parley.Testing;
using Xunit;

namespace Testing;

/// <summary>Tests of an application with a scripted server: no network, no key, no waiting.</summary>
public sealed class ConciergeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Question_is_answered()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.When("breakfast").Says("Breakfast is at eight.");
        await using var concierge = new Concierge(server.CreateClient());

        Assert.Equal("Breakfast is at eight.", await concierge.AskAsync("When is breakfast?", Cancellation));
        server.Verify();
    }

    [Fact]
    public async Task Lamp_is_switched_when_the_model_calls_the_function()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.When("lamp").Calls("set_lamp", new { room = "kitchen", on = true }, response => response.GetProperty("result").GetString() == "the lamp in the kitchen is on").Says("Done.");
        await using var concierge = new Concierge(server.CreateClient());

        Assert.Equal("Done.", await concierge.AskAsync("Turn on the lamp in the kitchen", Cancellation));
        Assert.Contains("kitchen", concierge.LitRooms);
        server.Verify();
    }

    [Fact]
    public async Task Guest_who_speaks_interrupts_a_story()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.When(Heard.Recording(Sound.Speech("Tell me a story"))).Says("Once upon a time there was a king who lived in a castle by the sea.", SpokenReply.RealTime);
        server.When(Heard.Recording(Sound.Speech("Stop"))).Says("Goodbye.", SpokenReply.RealTime);
        var voice = Sound.Join(Sound.Speech("Tell me a story"), Sound.Silence(TimeSpan.FromSeconds(2.5)), Sound.Speech("Stop"));
        await using var microphone = new MicrophoneSource(RecordedAudioInput.From(voice, thenSilence: true, server.Clock));
        await using var loudspeaker = new AudioPlayback(AudioDevices.ToStream(Stream.Null, timeProvider: server.Clock));
        await using var concierge = new Concierge(server.CreateClient());

        var talking = concierge.TalkAsync(microphone, loudspeaker, Cancellation);
        await server.AdvanceAsync(TimeSpan.FromSeconds(10), Cancellation);
        var said = await talking;

        Assert.StartsWith("Once upon a time", said, StringComparison.Ordinal);
        Assert.DoesNotContain("castle", said, StringComparison.Ordinal);
        Assert.EndsWith("Goodbye." + Environment.NewLine, said, StringComparison.Ordinal);
        server.Verify();
    }

    [Fact]
    public async Task Call_goes_on_after_goAway()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.When("name").Says("Nice to meet you, Anna.").GoesAway(TimeSpan.FromSeconds(10));
        server.When("who").Says("You are Anna.");
        await using var concierge = new Concierge(server.CreateClient());

        await concierge.AskAsync("My name is Anna", Cancellation);
        await server.AdvanceAsync(TimeSpan.FromSeconds(10), Cancellation);

        Assert.Equal("You are Anna.", await concierge.AskAsync("who am I?", Cancellation));
        Assert.Equal(2, server.Journal.Connections);
        Assert.NotNull(server.Journal.Setup.SessionResumption!.Handle);
        server.Verify();
    }

    [Fact]
    public async Task Server_that_fails_in_the_middle_of_an_answer_is_asked_again()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.When("soup").Says("Today we have").Closes(1011, "Internal error encountered.").Once();
        server.When("soup").Says("Today we have tomato soup.").Once();
        await using var concierge = new Concierge(server.CreateClient());

        var asking = concierge.AskAsync("Which soup is there?", Cancellation);
        await server.AdvanceAsync(TimeSpan.FromSeconds(30), Cancellation);

        Assert.Equal("Today we have tomato soup.", await asking);
        server.Verify();
    }

    [Fact]
    public async Task Call_of_an_hour_has_seven_connections()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.When(Heard.Anything).Says("Certainly.").Times(2);
        await using var concierge = new Concierge(server.CreateClient());

        await concierge.AskAsync("Are you there?", Cancellation);
        await server.AdvanceAsync(TimeSpan.FromMinutes(60), Cancellation);

        Assert.Equal("Certainly.", await concierge.AskAsync("Are you still there?", Cancellation));
        Assert.Equal(7, server.Journal.Connections);
        server.Verify();
    }
}
