using Microsoft.Extensions.AI;
using Parley.Client;
using Parley.Protocol;

namespace Parley.Testing.Tests;

/// <summary>What a script can do, seen by a real client.</summary>
public sealed class ScenarioTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Text_is_answered_with_speech_and_its_transcription()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.When("lamp").Says("The lamp is on.");
        await using var call = await Conversing.StartAsync(server);

        await call.Session.SendTextAsync("Turn on the LAMP", Cancellation);
        await call.TurnsAsync(1);

        Assert.Equal("The lamp is on.", call.Said);
        Assert.Equal(15 * 70 * 48, call.Updates.OfType<AudioUpdate>().Sum(static audio => audio.Pcm.Length));
        Assert.Equal(["Turn on the LAMP"], server.Journal.Texts);
        server.Verify();
    }

    [Theory]
    [InlineData(Conversing.BlockingModel)]
    [InlineData(Conversing.Model)]
    public async Task Function_is_called_and_the_reply_goes_on_after_its_response(string model)
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.When("lamp").Calls("set_lamp", new { room = "kitchen" }, static response => response.GetProperty("result").GetString() == "kitchen is on").Says("Done.");
        var tool = AIFunctionFactory.Create((string room) => room + " is on", "set_lamp");
        await using var call = await Conversing.StartAsync(server, new LiveSetup { Model = model, OutputTranscription = true, Tools = [tool] });

        await call.Session.SendTextAsync("lamp", Cancellation);
        await call.FirstAsync<OutputTranscriptUpdate>();
        await call.FirstAsync<TurnCompleteUpdate>();

        Assert.Equal("Done.", call.Said);
        Assert.Equal("set_lamp", server.Journal.ToolResponses.Single().Name);
        server.Verify();
    }

    [Theory]
    [InlineData(Conversing.BlockingModel)]
    [InlineData(Conversing.Model)]
    [InlineData("gemini-2.5-flash-native-audio-preview-12-2025")]
    public async Task Whole_exchange_with_a_function_needs_no_time(string model)
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.When("lamp").Calls("set_lamp", new { room = "kitchen" }).Says("Done.");
        var tool = AIFunctionFactory.Create((string room) => room + " is on", "set_lamp");
        await using var session = await server.CreateClient().ConnectAsync(
            new LiveSetup { Model = model, OutputTranscription = true, Tools = [tool] }, Cancellation);

        var answer = await Expect.WithinAsync(session.AskAsync("lamp", Cancellation), "the exchange ends", Cancellation);

        Assert.Equal("Done.", answer.Text);
        server.Verify();
    }

    [Theory]
    [InlineData(Conversing.BlockingModel)]
    [InlineData(Conversing.Model)]
    public async Task Reply_goes_on_when_all_its_calls_are_answered_in_messages_of_their_own(string model)
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.When(Heard.Anything).Calls(new ScriptedCall("set_lamp"), new ScriptedCall("open_door")).Says("Done.");
        var door = new TaskCompletionSource<string>();
        await using var call = await Conversing.StartAsync(
            server,
            new LiveSetup
            {
                Model = model,
                OutputTranscription = true,
                Tools = [AIFunctionFactory.Create(static () => "on", "set_lamp"), AIFunctionFactory.Create(() => door.Task, "open_door")],
            });

        await call.Session.SendTextAsync("lamp and door", Cancellation);
        if (model == Conversing.Model)
        {
            // A client sends the results of functions that do not block as they come.
            await server.Journal.WaitAsync(static entry => entry.Request?.ToolResponse is not null, "the lamp is on", Cancellation);
            await server.QuietAsync(Cancellation);
        }
        door.SetResult("open");
        await call.FirstAsync<OutputTranscriptUpdate>();
        await server.QuietAsync(Cancellation);

        Assert.Equal("Done.", call.Said);
        Assert.Equal(2, server.Journal.ToolResponses.Count);
        server.Verify();
    }

    [Fact]
    public async Task Unexpected_response_of_a_function_fails_the_scenario()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.When("lamp").Calls("set_lamp", null, static response => response.TryGetProperty("ok", out _)).Says("Done.");
        await using var call = await Conversing.StartAsync(
            server, new LiveSetup { Model = Conversing.BlockingModel, OutputTranscription = true, Tools = [AIFunctionFactory.Create(static () => "no", "set_lamp")] });

        await call.Session.SendTextAsync("lamp", Cancellation);
        await call.TurnsAsync(1);

        Assert.Contains("The response of set_lamp was not as expected: {\"result\":\"no\"}", Assert.Throws<ExpectationException>(server.Verify).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recording_is_recognized_by_its_sound_in_any_chunks()
    {
        var hello = Sounds.Speech("Hello there, how are you?");
        var goodbye = Sounds.Speech("Goodbye and thank you");
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.When(Heard.Recording(goodbye)).Says("See you.");
        server.When(Heard.Recording(hello)).Says("Fine.");
        await using var call = await Conversing.StartAsync(server);

        await Sounds.SendAsync(call.Session, hello, chunkBytes: 1_100, gain: 0.3);
        await call.TurnsAsync(1);
        await Sounds.SendAsync(call.Session, goodbye, chunkBytes: 3_200, gain: 1);
        await call.TurnsAsync(2);

        Assert.Equal("Fine.See you.", call.Said);
        server.Verify();
    }

    [Fact]
    public async Task Speech_that_stops_arriving_ends_when_its_silence_has_passed()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.When(Heard.Speech()).Says("Yes?");
        await using var call = await Conversing.StartAsync(server);

        await call.Session.SendAudioAsync(Sounds.Bytes(Sounds.Speech("Hello")), cancellationToken: Cancellation);
        await server.AdvanceAsync(TimeSpan.FromSeconds(1), Cancellation);
        Assert.Empty(call.Said);
        await server.AdvanceAsync(TimeSpan.FromSeconds(1), Cancellation);

        Assert.Equal("Yes?", call.Said);
    }

    [Fact]
    public async Task Marked_activity_is_one_turn()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.When(Heard.Speech(min: TimeSpan.FromSeconds(1), max: TimeSpan.FromSeconds(1))).Says("One second.");
        var manual = new RealtimeInputConfig { AutomaticActivityDetection = new AutomaticActivityDetection { Disabled = true } };
        await using var call = await Conversing.StartAsync(server, new LiveSetup { Model = Conversing.Model, OutputTranscription = true, RealtimeInput = manual });

        await call.Session.SendActivityStartAsync(Cancellation);
        await call.Session.SendAudioAsync(new byte[32_000], cancellationToken: Cancellation);
        await call.Session.SendActivityEndAsync(Cancellation);
        await call.TurnsAsync(1);

        Assert.Equal("One second.", call.Said);
    }

    [Fact]
    public async Task Barge_in_cuts_an_answer_in_real_time_and_is_answered()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.When("story").Says("Once upon a time there was a king who lived in a castle.", SpokenReply.RealTime);
        server.When(Heard.Speech()).Says("Sorry.");
        await using var call = await Conversing.StartAsync(server);
        await call.Session.SendTextAsync("Tell me a story", Cancellation);
        await server.AdvanceAsync(TimeSpan.FromSeconds(1), Cancellation);
        var before = call.Updates.OfType<AudioUpdate>().Count();

        await Sounds.SendAsync(call.Session, Sounds.Speech("Stop it"), chunkBytes: 640, gain: 1);
        await call.FirstAsync<InterruptedUpdate>();
        await call.TurnsAsync(2);

        Assert.Equal(26, before);
        Assert.EndsWith("Sorry.", call.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("castle", call.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_speaks_first_and_over_the_user()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.WhenOpened().Says("Welcome.");
        server.Scenario.WhenSpeechStarts().Says("Wait.");
        server.When(Heard.Speech()).Says("Now.");
        await using var call = await Conversing.StartAsync(server);
        await call.TurnsAsync(1);
        Assert.Equal("Welcome.", call.Said);

        await Sounds.SendAsync(call.Session, Sounds.Speech("A long question"), chunkBytes: 640, gain: 1);
        await call.TurnsAsync(3);

        Assert.Equal("Welcome.Wait.Now.", call.Said);
        server.Verify();
    }

    [Fact]
    public async Task Any_message_can_be_sent()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.When("strange").SendsRaw("""{"brandNew":{"value":1}}""").SendsRaw("{not json").Interrupts().Reports(new UsageMetadata { TotalTokenCount = 7 }).Says("Well.");
        await using var call = await Conversing.StartAsync(server);

        await call.Session.SendTextAsync("Something strange", Cancellation);
        await call.TurnsAsync(1);

        Assert.Equal("brandNew", call.Updates.OfType<UnknownMessageUpdate>().Single().Members.Single().Key);
        Assert.Single(call.Updates.OfType<UnreadableMessageUpdate>());
        Assert.Single(call.Updates.OfType<InterruptedUpdate>());
        Assert.Equal("Well.", call.Said);
    }

    [Fact]
    public async Task Close_ends_the_session_with_code_and_reason()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.When("crash").Says("I am").Closes(1007, "Request contains an invalid argument.");
        await using var call = await Conversing.StartAsync(server, null, static options => options.Resumption.Enabled = false);

        await call.Session.SendTextAsync("crash", Cancellation);
        var end = await Expect.WithinAsync(call.Session.Completion, "the session ends", Cancellation);

        Assert.Equal((1007, "Request contains an invalid argument."), (end.CloseCode, end.Reason));
        Assert.Equal("I am", call.Said);
    }

    [Fact]
    public async Task Unmatched_turn_closes_the_session_and_says_what_was_near()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.When("lamp").Says("Done.").Once();
        server.When(Heard.Speech()).Says("Yes?").Optional();
        await using var call = await Conversing.StartAsync(server, null, static options => options.Resumption.Enabled = false);
        await call.Session.SendTextAsync("the lamp", Cancellation);
        await call.TurnsAsync(1);

        await call.Session.SendTextAsync("the lamp again", Cancellation);
        var end = await Expect.WithinAsync(call.Session.Completion, "the session ends", Cancellation);

        Assert.Equal(1011, end.CloseCode);
        Assert.Equal(
            """
            The scenario was not followed:
            * Turn 2 of connection 1 matched no rule: text "the lamp again".
                text that contains "lamp": it was used up (The rule "text that contains "lamp"" was used once, expected once.)
                speech: there was no audio
            """,
            Assert.Throws<ExpectationException>(server.Verify).Message);
    }

    [Fact]
    public async Task Lenient_scenario_repeats_what_it_heard()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.Scenario.IsStrict = false;
        await using var call = await Conversing.StartAsync(server);

        await call.Session.SendTextAsync("polly", Cancellation);
        await call.TurnsAsync(1);
        var spoken = Sounds.Speech("Hello there");
        await Sounds.SendAsync(call.Session, spoken, chunkBytes: 640, gain: 1);
        await call.TurnsAsync(2);

        Assert.Equal("polly", call.Said);
        var echo = call.Updates.SkipWhile(static update => update is not TurnCompleteUpdate).OfType<AudioUpdate>().Sum(static audio => audio.Pcm.Length) / 48_000.0;
        Assert.InRange(echo, spoken.Duration.TotalSeconds, spoken.Duration.TotalSeconds + 0.3);
    }

    [Fact]
    public async Task Unused_rule_fails_the_scenario_unless_it_is_optional()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.When("never").Says("No.").Optional();
        server.Verify();

        server.When("twice").Says("Yes.").Times(2);

        Assert.Contains("was used 0 times, expected 2 times", Assert.Throws<ExpectationException>(server.Verify).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Session_is_resumed_with_its_turns_after_a_cut()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.When(Heard.Turn(1)).Says("First.");
        server.When(Heard.Turn(2)).Says("Second.");
        await using var call = await Conversing.StartAsync(server);
        await call.Session.SendTextAsync("one", Cancellation);
        await call.TurnsAsync(1);
        await server.QuietAsync(Cancellation);

        Assert.Equal(1, server.CutConnections());
        await call.FirstAsync<ReconnectingUpdate>();
        await server.AdvanceAsync(TimeSpan.FromSeconds(30), Cancellation);
        await call.FirstAsync<ReconnectedUpdate>();
        await call.Session.SendTextAsync("two", Cancellation);
        await call.TurnsAsync(2);

        Assert.Equal("First.Second.", call.Said);
        Assert.Equal(2, server.Journal.Connections);
        server.Verify();
    }
}
