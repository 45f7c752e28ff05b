using Microsoft.Extensions.AI;
using Parley.Client;
using Parley.EndToEnd.Harness;
using Parley.TestKit;

namespace Parley.EndToEnd;

/// <summary>Our own client against our own server, over a real socket.</summary>
public sealed class ClientTests(ParleyProcess server) : IClassFixture<ParleyProcess>
{
    private static readonly LiveSetup Setup = new()
    {
        Model = "gemini-2.5-flash-native-audio-preview-12-2025",
        InputTranscription = true,
        OutputTranscription = true,
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Text_is_answered_with_speech()
    {
        await using var session = await server.CreateClient().ConnectAsync(Setup, Cancellation);
        await session.SendTextAsync("What is seven times six?", Cancellation);
        var answer = await ReadAnswerAsync(session);

        Assert.Equal("That makes 42.", answer.Said);
        Assert.InRange(answer.Duration, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Speech_in_real_time_is_answered_with_speech()
    {
        await using var session = await server.CreateClient().ConnectAsync(Setup, Cancellation);
        await session.SendAudioAsync(new MemoryStream(LiveMessages.QuestionBytes), cancellationToken: Cancellation);
        await session.SendAudioStreamEndAsync(Cancellation);
        var answer = await ReadAnswerAsync(session);

        Assert.Matches(@"^\[[12]\.\d seconds of speech\]$", answer.Heard);
        Assert.StartsWith("I heard you speak for about ", answer.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_function_runs_by_itself_and_its_result_is_spoken()
    {
        var setup = Setup with { Tools = [AIFunctionFactory.Create((string room) => $"the lights in the {room} are on", "turn_on_the_lights")] };
        await using var session = await server.CreateClient().ConnectAsync(setup, Cancellation);
        await session.SendTextAsync("Call the function turn_on_the_lights with {\"room\":\"kitchen\"}", Cancellation);

        Assert.Equal("The function turn on the lights answered: the lights in the kitchen are on.", (await ReadAnswerAsync(session)).Said);
    }

    [Fact]
    public async Task A_picture_is_seen()
    {
        await using var session = await server.CreateClient().ConnectAsync(Setup, Cancellation);
        await session.SendVideoAsync(await File.ReadAllBytesAsync(Repository.Find("tests", "Parley.EndToEnd", "media", "picture.jpg"), Cancellation), cancellationToken: Cancellation);
        await session.SendTextAsync("What do you see?", Cancellation);

        Assert.StartsWith("I see a picture of 96 by 64 pixels. It is mostly red and blue", (await ReadAnswerAsync(session)).Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Speech_interrupts_a_long_answer()
    {
        await using var session = await server.CreateClient().ConnectAsync(Setup, Cancellation);
        await session.SendTextAsync("Please tell me a long story.", Cancellation);
        await ReadUntilAsync(session, static update => update is AudioUpdate, "the story begins");

        var speaking = session.SendAudioAsync(new MemoryStream(LiveMessages.QuestionBytes), cancellationToken: Cancellation);
        await ReadUntilAsync(session, static update => update is InterruptedUpdate, "the story is cut");
        await ReadUntilAsync(session, static update => update is TurnCompleteUpdate, "its turn ends");
        await speaking;
        await session.SendAudioStreamEndAsync(Cancellation);

        Assert.StartsWith("I heard you speak for about ", (await ReadAnswerAsync(session)).Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_key_is_refused_in_the_words_of_the_service()
    {
        var refused = await Assert.ThrowsAsync<LiveConnectException>(() => server.CreateClient("not-a-key").ConnectAsync(Setup, Cancellation));

        Assert.Equal(1007, refused.CloseCode);
        Assert.Equal("API key not valid. Please pass a valid API key.", refused.Reason);
    }

    private static async Task<Answer> ReadAnswerAsync(LiveSession session)
    {
        var answer = new Answer("", "", TimeSpan.Zero);
        await ReadUntilAsync(
            session,
            update =>
            {
                answer = update switch
                {
                    InputTranscriptUpdate heard => answer with { Heard = answer.Heard + heard.Text },
                    OutputTranscriptUpdate said => answer with { Said = answer.Said + said.Text },
                    AudioUpdate audio => answer with { Duration = answer.Duration + audio.Duration },
                    _ => answer,
                };
                return update is TurnCompleteUpdate && answer.Duration > TimeSpan.Zero;
            },
            "the end of a spoken answer");
        return answer with { Heard = answer.Heard.Trim(), Said = answer.Said.Trim() };
    }

    private static Task ReadUntilAsync(LiveSession session, Func<LiveUpdate, bool> isLast, string expected)
    {
        return Expect.WithinAsync(ReadAsync(), expected, Cancellation);

        async Task ReadAsync()
        {
            await foreach (var update in session.ReadAllAsync(Cancellation))
            {
                if (update is SessionEndedUpdate ended)
                {
                    throw new ExpectationException($"Expected {expected}, but the session ended: {ended.End}");
                }

                if (isLast(update))
                {
                    return;
                }
            }
        }
    }

    private sealed record Answer(string Heard, string Said, TimeSpan Duration);
}
