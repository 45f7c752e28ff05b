using Parley.Client;
using Parley.Protocol;

namespace Parley.Testing.Tests;

/// <summary>Code that uses the client, tested without a server.</summary>
public sealed class FakeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Question_is_answered_and_kept()
    {
        var session = new FakeLiveSession().Answers("It is sunny.").Answers("It rains.");
        var client = new FakeLiveClient(session);

        await using var connected = await client.ConnectAsync(new LiveSetup { Model = "any", Voice = "Kore" }, Cancellation);
        Assert.Equal("It is sunny.", (await connected.AskAsync("How is the weather?", Cancellation)).Text);
        Assert.Equal("It rains.", (await connected.AskAsync("And now?", Cancellation)).Text);
        await connected.SendAudioAsync(new byte[] { 1, 2 }, cancellationToken: Cancellation);

        Assert.Equal(["How is the weather?", "And now?"], session.SentTexts);
        Assert.Equal([1, 2], session.SentAudio.ToArray());
        Assert.Equal("Kore", client.Setups.Single().Voice);
        Assert.StartsWith("Expected at most 1 connects", (await Assert.ThrowsAsync<ExpectationException>(() => client.ConnectAsync(new LiveSetup { Model = "any" }, Cancellation))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Function_call_is_delivered_and_its_response_answered()
    {
        var session = new FakeLiveSession().Answers(new ToolCallUpdate([new FunctionCall { Id = "1", Name = "set_lamp" }])).Answers("Done.");
        var said = new List<string>();

        await session.SendTextAsync("lamp", Cancellation);
        await foreach (var update in session.ReadAllAsync(Cancellation))
        {
            if (update is ToolCallUpdate call)
                await session.SendToolResponsesAsync([new FunctionResponse { Id = call.Calls[0].Id, Name = "set_lamp" }], Cancellation);
            else if (update is OutputTranscriptUpdate words)
                said.Add(words.Text);
            else if (update is TurnCompleteUpdate)
                break;
        }

        Assert.Equal(["Done."], said);
        Assert.Equal("1", session.Sent[1].ToolResponse!.FunctionResponses![0].Id);
    }

    [Fact]
    public async Task End_is_delivered_last_and_refuses_what_is_sent_after_it()
    {
        var session = new FakeLiveSession().Delivers(new GoAwayUpdate(TimeSpan.FromSeconds(10)));
        var end = new SessionEnd(EndCause.Quota, 1011, "You exceeded your current quota");
        session.Ends(end);

        var updates = new List<LiveUpdate>();
        await foreach (var update in session.ReadAllAsync(Cancellation))
            updates.Add(update);

        Assert.IsType<GoAwayUpdate>(updates[0]);
        Assert.Equal(end, Assert.IsType<SessionEndedUpdate>(updates[1]).End);
        Assert.Same(end, await session.Completion);
        await Assert.ThrowsAsync<LiveSessionException>(() => session.SendTextAsync("hello", Cancellation).AsTask());
        Assert.Same(end, await session.CloseAsync());
    }
}
