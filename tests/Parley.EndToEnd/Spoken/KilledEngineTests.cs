using Parley.Client;

namespace Parley.EndToEnd.Spoken;

/// <summary>Kills the process of each stage during its work; the conversation continues.</summary>
public sealed class KilledEngineTests(SpeechServer fixture) : IClassFixture<SpeechServer>, IDisposable
{
    private readonly ParleyProcess _server = fixture.Process;
    private readonly TestSpeech _speech = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static LiveSetup Setup { get; } = new() { Model = LiveMessages.Model, InputTranscription = true, OutputTranscription = true };

    public void Dispose() => _speech.Dispose();

    [Fact]
    public async Task Killed_recognizer_is_replaced_in_mid_sentence()
    {
        await using var talk = new SpokenSession(await _server.CreateClient().ConnectAsync(Setup, Cancellation), _speech);
        Assert.Equal("That makes 42.", (await talk.AskAsync("what is seven times six")).Said);

        var question = await _speech.SayAsync("what is twenty one plus nine", "kal16", Cancellation);
        await talk.SendAsync([.. TestSpeech.Silence(300), .. question[..(question.Length / 2)]]);
        EngineProcesses.Kill(_server, "pocketsphinx");
        await talk.SendAsync([.. question[(question.Length / 2)..], .. TestSpeech.Silence(2_000)]);

        Assert.Equal("That makes 30.", (await talk.HearAsync()).Said);
        Assert.Equal("That makes 42.", (await talk.AskAsync("what is seven times six")).Said);
    }

    [Fact]
    public async Task Killed_synthesizer_is_replaced_in_mid_sentence()
    {
        await using var session = await _server.CreateClient().ConnectAsync(Setup, Cancellation);
        await using var talk = new SpokenSession(session, _speech);
        await session.SendTextAsync("Count to forty", Cancellation);
        await talk.HearBeginningAsync();
        EngineProcesses.Kill(_server, "flite");

        var rest = await talk.HearAsync();
        Assert.EndsWith("39, 40.", rest.Said, StringComparison.Ordinal);
        Assert.InRange(rest.Audio.Length / 48_000.0, 5, 120);
        Assert.Equal("That makes 42.", (await talk.AskAsync("what is seven times six")).Said);
    }

    [Fact]
    public async Task Killed_chat_model_causes_a_spoken_error_and_the_next_turn_is_answered()
    {
        await using var model = await ChatModelProcess.StartAsync(Cancellation);
        var server = new ParleyProcess("--config", model.WriteConfiguration(fallback: null)) { Recognizer = SpeechServer.Recognizer, Detector = "auto" };
        await using (server)
        {
            await server.InitializeAsync();
            await using var session = await server.CreateClient().ConnectAsync(Setup, Cancellation);
            await using var talk = new SpokenSession(session, _speech);
            Assert.Equal("I am the model, and you said: good morning.", (await talk.AskAsync("good morning")).Said);

            model.Kill();
            var apology = await talk.AskAsync("good morning");
            Assert.NotEqual("", apology.Said);
            Assert.DoesNotContain("I am the model", apology.Said, StringComparison.Ordinal);
            Assert.True(apology.Audio.Length > 0);

            await model.StartAgainAsync(Cancellation);
            Assert.Equal("I am the model, and you said: thank you.", (await talk.AskAsync("thank you")).Said);
        }
    }

    [Fact]
    public async Task Killed_chat_model_is_replaced_by_the_fallback()
    {
        await using var model = await ChatModelProcess.StartAsync(Cancellation);
        var server = new ParleyProcess("--config", model.WriteConfiguration(fallback: "rules")) { Recognizer = SpeechServer.Recognizer, Detector = "auto" };
        await using (server)
        {
            await server.InitializeAsync();
            await using var session = await server.CreateClient().ConnectAsync(Setup, Cancellation);
            await using var talk = new SpokenSession(session, _speech);
            model.Kill();

            Assert.Equal("You are welcome.", (await talk.AskAsync("thank you")).Said);
        }
    }
}
