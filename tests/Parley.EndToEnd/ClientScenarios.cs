using Microsoft.Extensions.AI;
using Parley.Client;
using Parley.EndToEnd.Harness;

namespace Parley.EndToEnd;

/// <summary>Scenarios of our client for any server of the Live API. A scenario is skipped if the server lacks an ability.</summary>
public abstract class ClientScenarios
{
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The server's address and abilities.</summary>
    internal abstract ClientTarget Target { get; }

    [Fact]
    public async Task Content_is_answered()
    {
        await using var session = await ConnectAsync();
        await session.SendContentAsync("What is seven times six?", cancellationToken: Cancellation);

        Assert.Equal("That makes 42.", (await ReadAnswerAsync(session)).Said);
    }

    [Fact]
    public async Task Session_has_several_turns()
    {
        await using var session = await ConnectAsync();
        await session.SendContentAsync("What is seven times six?", cancellationToken: Cancellation);
        await ReadAnswerAsync(session);
        await session.SendContentAsync("What is your name?", cancellationToken: Cancellation);

        Assert.NotEqual("", (await ReadAnswerAsync(session)).Said);
    }

    [Fact]
    public async Task Function_is_invoked_automatically_and_its_result_is_spoken()
    {
        var rooms = new List<string>();
        await using var session = await ConnectAsync(Target.Setup with
        {
            Tools = [AIFunctionFactory.Create((string room) => { rooms.Add(room); return $"the lights in the {room} are on"; }, "turn_on_the_lights")],
        });
        await session.SendContentAsync("Call the function turn_on_the_lights with {\"room\":\"kitchen\"}", cancellationToken: Cancellation);

        Assert.Equal("The lights in the kitchen are on.", (await ReadAnswerAsync(session)).Said);
        Assert.Equal(["kitchen"], rooms);
    }

    [Fact]
    public async Task Call_can_be_answered_manually()
    {
        await using var session = await ConnectAsync(Target.Setup with
        {
            AutomaticTools = false,
            Tools = [AIFunctionFactory.Create((string room) => room, "turn_on_the_lights")],
        });
        await session.SendContentAsync("Call the function turn_on_the_lights with {\"room\":\"kitchen\"}", cancellationToken: Cancellation);
        var call = Assert.Single(
            ((ToolCallUpdate)await ReadUntilAsync(session, static update => update is ToolCallUpdate, "a call")).Calls);
        await session.SendToolResponsesAsync(
            [new Protocol.FunctionResponse { Id = call.Id, Name = call.Name, Response = System.Text.Json.JsonElement.Parse("""{"result":"the lights in the kitchen are on"}""") }], Cancellation);

        Assert.Equal("The lights in the kitchen are on.", (await ReadAnswerAsync(session)).Said);
    }

    [Fact]
    public async Task Disposing_a_session_ends_it_normally()
    {
        var session = await ConnectAsync();
        await session.DisposeAsync();

        Assert.Equal(EndCause.ByClient, (await session.Completion).Cause);
    }

    [Fact]
    public async Task Text_is_answered_with_speech()
    {
        Target.Needs(Ability.RealtimeInput);
        await using var session = await ConnectAsync();
        await session.SendTextAsync("What is seven times six?", Cancellation);
        var answer = await ReadAnswerAsync(session);

        Assert.Equal("That makes 42.", answer.Said);
        Assert.InRange(answer.Duration, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Speech_in_real_time_is_answered_with_speech()
    {
        Target.Needs(Ability.RealtimeInput);
        await using var session = await ConnectAsync();
        await session.SendAudioAsync(new MemoryStream(LiveMessages.QuestionBytes), cancellationToken: Cancellation);
        await session.SendAudioStreamEndAsync(Cancellation);
        var answer = await ReadAnswerAsync(session);

        Assert.Matches(@"^\[[12]\.\d seconds of speech\]$", answer.Heard);
        Assert.StartsWith("I heard you speak for about ", answer.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Picture_is_described()
    {
        Target.Needs(Ability.RealtimeInput);
        await using var session = await ConnectAsync();
        await session.SendVideoAsync(
            await File.ReadAllBytesAsync(Repository.Find("tests", "Parley.EndToEnd", "media", "picture.jpg"), Cancellation),
            cancellationToken: Cancellation);
        await session.SendTextAsync("What do you see?", Cancellation);

        Assert.StartsWith(
            "I see a picture of 96 by 64 pixels. It is mostly red and blue", (await ReadAnswerAsync(session)).Said,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Speech_interrupts_a_long_answer()
    {
        Target.Needs(Ability.RealtimeInput);
        await using var session = await ConnectAsync();
        await session.SendTextAsync("Please tell me a long story.", Cancellation);
        await ReadUntilAsync(session, static update => update is AudioUpdate, "the story begins");

        var speaking = session.SendAudioAsync(new MemoryStream(LiveMessages.QuestionBytes), cancellationToken: Cancellation);
        await ReadUntilAsync(session, static update => update is InterruptedUpdate, "the story is interrupted");
        await ReadUntilAsync(session, static update => update is TurnCompleteUpdate, "its turn ends");
        await speaking;
        await session.SendAudioStreamEndAsync(Cancellation);

        Assert.StartsWith("I heard you speak for about ", (await ReadAnswerAsync(session)).Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_key_is_refused_with_the_text_of_the_service()
    {
        Target.Needs(Ability.Credentials);
        var refused = await Assert.ThrowsAsync<LiveConnectException>(
            () => Target.CreateClient("not-a-key").ConnectAsync(Target.Setup, Cancellation));

        Assert.Equal(1007, refused.CloseCode);
        Assert.Equal("API key not valid. Please pass a valid API key.", refused.Reason);
    }

    private protected Task<LiveSession> ConnectAsync(LiveSetup? setup = null) =>
        Target.CreateClient().ConnectAsync(setup ?? Target.Setup, Cancellation);

    private protected static async Task<Answer> ReadAnswerAsync(LiveSession session)
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
                    TextUpdate written => answer with { Said = answer.Said + written.Text },
                    AudioUpdate audio => answer with { Duration = answer.Duration + audio.Duration },
                    _ => answer,
                };
                return update is TurnCompleteUpdate && answer.Said.Length > 0;
            },
            "the end of an answer");
        return answer with { Heard = answer.Heard.Trim(), Said = answer.Said.Trim() };
    }

    private protected static Task<LiveUpdate> ReadUntilAsync(LiveSession session, Func<LiveUpdate, bool> isLast, string expected)
    {
        return Expect.WithinAsync(ReadAsync(), expected, Cancellation);

        async Task<LiveUpdate> ReadAsync()
        {
            await foreach (var update in session.ReadAllAsync(Cancellation))
            {
                if (update is SessionEndedUpdate ended)
                    throw new ExpectationException($"Expected {expected}, but the session ended: {ended.End}");
                if (isLast(update))
                    return update;
            }

            throw new ExpectationException($"Expected {expected}, but no more messages arrived.");
        }
    }

    private protected sealed record Answer(string Heard, string Said, TimeSpan Duration);
}
