using Parley.Client;

namespace Parley.EndToEnd.Spoken;

/// <summary>The process of each stage dies in the middle of its work; the conversation goes on.</summary>
public sealed class KilledWorkerTests(HearingServer hearing) : IClassFixture<HearingServer>, IDisposable
{
    private readonly ParleyProcess _server = hearing.Process;
    private readonly Mouth _mouth = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static LiveSetup Setup { get; } = new() { Model = LiveMessages.Model, InputTranscription = true, OutputTranscription = true };

    public void Dispose() => _mouth.Dispose();

    [Fact]
    public async Task Hearing_is_taken_over_in_mid_sentence()
    {
        await using var talk = new Talk(await _server.CreateClient().ConnectAsync(Setup, Cancellation), _mouth);
        Assert.Equal("That makes 42.", (await talk.AskAsync("what is seven times six")).Said);

        var question = await _mouth.SayAsync("what is twenty one plus nine", "kal16", Cancellation);
        await talk.SendAsync([.. Mouth.Silence(300), .. question[..(question.Length / 2)]]);
        Workers.Kill(_server, "pocketsphinx");
        await talk.SendAsync([.. question[(question.Length / 2)..], .. Mouth.Silence(2_000)]);

        Assert.Equal("That makes 30.", (await talk.HearAsync()).Said);
        Assert.Equal("That makes 42.", (await talk.AskAsync("what is seven times six")).Said);
    }

    [Fact]
    public async Task Speaking_is_taken_over_in_mid_sentence()
    {
        await using var session = await _server.CreateClient().ConnectAsync(Setup, Cancellation);
        await using var talk = new Talk(session, _mouth);
        await session.SendTextAsync("Count to forty", Cancellation);
        await talk.HearBeginningAsync();
        Workers.Kill(_server, "flite");

        var rest = await talk.HearAsync();
        Assert.EndsWith("39, 40.", rest.Said, StringComparison.Ordinal);
        Assert.InRange(rest.Sound.Length / 48_000.0, 5, 120);
        Assert.Equal("That makes 42.", (await talk.AskAsync("what is seven times six")).Said);
    }

    [Fact]
    public async Task Thinking_fails_aloud_and_the_next_turn_is_answered()
    {
        await using var model = await ModelProcess.StartAsync(Cancellation);
        var thinking = new ParleyProcess("--config", model.WriteConfiguration(fallback: null)) { Recognizer = HearingServer.Recognizer, Detector = "auto" };
        await using (thinking)
        {
            await thinking.InitializeAsync();
            await using var session = await thinking.CreateClient().ConnectAsync(Setup, Cancellation);
            await using var talk = new Talk(session, _mouth);
            Assert.Equal("I am the model, and you said: good morning.", (await talk.AskAsync("good morning")).Said);

            model.Kill();
            var apology = await talk.AskAsync("good morning");
            Assert.NotEqual("", apology.Said);
            Assert.DoesNotContain("I am the model", apology.Said, StringComparison.Ordinal);
            Assert.True(apology.Sound.Length > 0);

            await model.StartAgainAsync(Cancellation);
            Assert.Equal("I am the model, and you said: thank you.", (await talk.AskAsync("thank you")).Said);
        }
    }

    [Fact]
    public async Task Thinking_is_taken_over_where_a_fall_back_is_configured()
    {
        await using var model = await ModelProcess.StartAsync(Cancellation);
        var thinking = new ParleyProcess("--config", model.WriteConfiguration(fallback: "scripted")) { Recognizer = HearingServer.Recognizer, Detector = "auto" };
        await using (thinking)
        {
            await thinking.InitializeAsync();
            await using var session = await thinking.CreateClient().ConnectAsync(Setup, Cancellation);
            await using var talk = new Talk(session, _mouth);
            model.Kill();

            Assert.Equal("You are welcome.", (await talk.AskAsync("thank you")).Said);
        }
    }
}
