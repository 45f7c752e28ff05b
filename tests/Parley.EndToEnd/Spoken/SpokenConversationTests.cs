using System.Text.RegularExpressions;
using Parley.Client;
using Parley.Protocol;

namespace Parley.EndToEnd.Spoken;

/// <summary>
/// People talk with a real <c>parley serve</c> over a real socket: sound goes in, and the sound that comes back is understood by a recognizer
/// that knows nothing of the server. Needs the Debian packages that ./test installs.
/// </summary>
public sealed class SpokenConversationTests(HearingServer hearing) : IClassFixture<HearingServer>, IDisposable
{
    private readonly ParleyProcess _server = hearing.Process;
    private readonly Mouth _mouth = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _mouth.Dispose();

    [Fact]
    public async Task A_conversation_of_many_turns()
    {
        using var ear = new Ear();
        await using var talk = await StartAsync(WithTools());

        var greeting = await talk.AskAsync("good morning");
        Assert.Equal("good morning", Talk.Plain(greeting.Heard));
        Assert.StartsWith("Hello! I am Parley.", greeting.Said, StringComparison.Ordinal);

        // A question in another voice, and its answer understood by ear.
        var sum = await talk.AskAsync("what is seven times six", "rms");
        Assert.Equal("That makes 42.", sum.Said);
        Assert.Equal("that makes forty two", await ear.HearAsync(
            sum.Sound, ["that makes (twenty | thirty | forty | fifty) [one | two | three | four | five | six]", "i heard you", "it is late"], Cancellation));

        Assert.Matches(@"^It is \d\d:\d\d UTC\.$", (await talk.AskAsync("what time is it")).Said);

        // A tool by its name, and by a plain request.
        var named = await talk.AskForCallAsync("call the function get weather with city oslo");
        Assert.Equal("""get_weather {"city":"Oslo"}""", Assert.Single(named.Turn.Calls));
        Assert.Equal("The function get weather answered: 4 degrees celsius.", (await talk.AnswerCallAsync(named.Call, """{"celsius":4}""")).Said);

        var plain = await talk.AskForCallAsync("what is the weather in paris");
        Assert.Equal("""get_weather {"city":"Paris"}""", Assert.Single(plain.Turn.Calls));
        Assert.Equal("The function get weather answered: sunny.", (await talk.AnswerCallAsync(plain.Call, """{"result":"sunny"}""")).Said);

        // What is missing is asked for, and the next words are it.
        Assert.Equal("Which city should I use for get weather?", (await talk.AskAsync("what is the weather")).Said);
        var completed = await talk.AskForCallAsync("in london please");
        // Two words out of any context are more than this recognizer can be sure of; what it heard is what must be used.
        var city = Regex.Match(Assert.Single(completed.Turn.Calls), """^get_weather \{"city":"(.+)"\}$""").Groups[1].Value;
        Assert.Contains(city, Assert.IsType<string>(completed.Turn.Heard), StringComparison.OrdinalIgnoreCase);
        Assert.NotEmpty(city);
        Assert.Equal("The function get weather failed: fog.", (await talk.AnswerCallAsync(completed.Call, """{"error":"fog"}""")).Said);

        // A pause inside a sentence does not end the turn.
        var paused = await talk.AskForCallAsync("what is the weather in | madrid");
        Assert.Equal("""get_weather {"city":"Madrid"}""", Assert.Single(paused.Turn.Calls));
        Assert.Equal("The function get weather is done.", (await talk.AnswerCallAsync(paused.Call, "{}")).Said);

        // Neither noise nor silence starts one: the next turn heard is the next question.
        await talk.SendAsync([.. Mouth.Noise(3_000), .. Mouth.Silence(2_000)]);
        var afterNoise = await talk.AskAsync("what day is it today");
        Assert.Equal("what day is it today", Talk.Plain(afterNoise.Heard));
        Assert.StartsWith("Today is ", afterNoise.Said, StringComparison.Ordinal);

        // A story is cut in the middle of a sentence, and the question that cut it is answered.
        await talk.AskForBeginningAsync("tell me a long story");
        await talk.SayAsync("what is two plus three");
        var cut = await talk.HearAsync();
        Assert.True(cut.Interrupted);
        Assert.DoesNotContain("That is the end of the story", cut.Said, StringComparison.Ordinal);
        var answer = await talk.HearAsync();
        Assert.Equal("That makes 5.", (talk.IsUnderstood(answer, "what is two plus three") ? answer : await talk.AskAsync("what is two plus three")).Said);

        // People, recorded.
        Assert.Equal("You are welcome.", (await talk.AskAsync(await Mouth.PromptAsync("auth-thankyou", Cancellation), "thank you")).Said);
        Assert.NotEmpty((await talk.AskAsync(Mouth.Recording("goforward.raw"), "go forward ten meters")).Sound);

        Assert.Equal("Yes, I hear you. What can I do for you?", (await talk.AskAsync("can you hear me")).Said);
    }

    [Fact]
    public async Task Push_to_talk_counts_what_is_between_the_marks()
    {
        var setup = Setup with { RealtimeInput = new RealtimeInputConfig { AutomaticActivityDetection = new AutomaticActivityDetection { Disabled = true } } };
        await using var session = await _server.CreateClient().ConnectAsync(setup, Cancellation);
        await using var talk = new Talk(session, _mouth);

        await session.SendActivityStartAsync(Cancellation);
        // A pause of any length is the speaker's own affair.
        await talk.SendAsync([.. Mouth.Silence(200), .. await _mouth.SayAsync("what is seven", "kal16", Cancellation), .. Mouth.Silence(1_500)]);
        await talk.SendAsync([.. await _mouth.SayAsync("times six", "kal16", Cancellation), .. Mouth.Silence(200)]);
        await session.SendActivityEndAsync(Cancellation);

        Assert.Equal("That makes 42.", (await talk.HearAsync()).Said);
    }

    [Fact]
    public async Task Another_language_is_answered_and_spoken()
    {
        await using var session = await _server.CreateClient().ConnectAsync(Setup with { LanguageCode = "de-DE" }, Cancellation);
        await using var talk = new Talk(session, _mouth);

        await session.SendTextAsync("Wie spät ist es?", Cancellation);
        var written = await talk.HearAsync();
        Assert.Matches(@"^Es ist \d\d:\d\d Uhr UTC\.$", written.Said);
        Assert.InRange(written.Sound.Length / 48_000.0, 0.8, 15);

        // Spoken English is understood, and answered in the language of the voice.
        Assert.Matches(@"^Es ist \d\d:\d\d Uhr UTC\.$", (await talk.AskAsync("what time is it", "rms")).Said);
    }

    private static LiveSetup Setup { get; } = new() { Model = LiveMessages.Model, InputTranscription = true, OutputTranscription = true };

    private static LiveSetup WithTools() => Setup with
    {
        AutomaticTools = false,
        Tools =
        [
            new Tool
            {
                FunctionDeclarations =
                [
                    new FunctionDeclaration
                    {
                        Name = "get_weather",
                        Parameters = new Schema { Type = SchemaType.Object, Properties = new Dictionary<string, Schema> { ["city"] = new() { Type = SchemaType.String } }, Required = ["city"] },
                    },
                ],
            },
        ],
    };

    private async Task<Talk> StartAsync(LiveSetup setup) => new(await _server.CreateClient().ConnectAsync(setup, Cancellation), _mouth);
}
