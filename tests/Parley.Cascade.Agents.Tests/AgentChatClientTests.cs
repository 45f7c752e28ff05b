using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Cascade.Answering;

namespace Parley.Cascade.Agents.Tests;

/// <summary>An agent that is asked as the cascade asks a chat model: with the whole history, every time.</summary>
public sealed class AgentChatClientTests
{
    private static readonly AIFunctionDeclaration Light =
        AIFunctionFactory.CreateDeclaration("light", "Turns the light on.", System.Text.Json.JsonElement.Parse("""{"type":"object"}"""));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_agent_is_sent_what_is_new_and_keeps_its_session()
    {
        var model = Saying("Hello. ", "How are you?");
        using var client = Client(model);

        Assert.Equal("Hello. How are you?", await AskAsync(client, User("Hi")));
        await AskAsync(client, User("Hi"), Assistant("Hello. How are you?"), User("Fine"));

        Assert.Equal(["user: Hi", "assistant: Hello. How are you?", "user: Fine"], Joined(model.Requests[1]));
        Assert.Contains("You run a bakery.", model.Options[0]!.Instructions, StringComparison.Ordinal);
        Assert.Contains("Be brief.", model.Options[0]!.Instructions, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Conversations_have_sessions_of_their_own()
    {
        var model = Saying("Hello.");
        using var client = Client(model);

        await AskAsync(client, Options("a"), User("I am Ada"));
        await AskAsync(client, Options("b"), User("Who am I?"));

        Assert.Equal(["user: Who am I?"], model.Requests[1]);
    }

    [Fact]
    public async Task An_answer_that_was_heard_in_part_is_what_the_agent_believes_it_said()
    {
        var model = Saying("One. ", "Two. ", "Three.");
        using var client = Client(model);

        await AskAsync(client, User("Count"));
        await AskAsync(client, User("Count"), Assistant("One. Two."), User("Enough"));
        await AskAsync(client, User("Count"), Assistant("One. Two."), User("Enough"), User("Still there?"));

        Assert.Equal(["user: Count", "assistant: One. Two.", "user: Enough"], model.Requests[1]);
        // Of the second answer nothing was heard.
        Assert.Equal(["user: Count", "assistant: One. Two.", "user: Enough", "user: Still there?"], model.Requests[2]);
    }

    [Fact]
    public async Task An_answer_that_was_interrupted_while_it_was_generated_is_known_as_far_as_it_was_heard()
    {
        var model = Saying("One. ", "Two. ", "Three.");
        model.Gate = new TaskCompletionSource();
        using var client = Client(model);
        using var interruption = new CancellationTokenSource();
        await using (var answer = client.GetStreamingResponseAsync([User("Count")], Options(), interruption.Token).GetAsyncEnumerator(interruption.Token))
        {
            await answer.MoveNextAsync();
            await interruption.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            {
                while (await answer.MoveNextAsync())
                {
                }
            });
        }
        model.Gate = null;

        await AskAsync(client, User("Count"), Assistant("One."), User("Enough"));

        Assert.Equal(["user: Count", "assistant: One.", "user: Enough"], model.Requests[1]);
    }

    [Fact]
    public async Task A_conversation_that_is_resumed_elsewhere_is_sent_once_as_a_whole()
    {
        var model = Saying("Hello.");
        using var client = Client(model);

        await AskAsync(client, User("I am Ada"), Assistant("Hello, Ada."), User("Who am I?"));
        await AskAsync(client, User("I am Ada"), Assistant("Hello, Ada."), User("Who am I?"), Assistant("Hello."), User("Right"));

        Assert.Equal(["user: I am Ada", "assistant: Hello, Ada.", "user: Who am I?"], model.Requests[0]);
        Assert.Equal(["user: I am Ada", "assistant: Hello, Ada.", "user: Who am I?", "assistant: Hello.", "user: Right"], model.Requests[1]);
    }

    [Fact]
    public async Task The_agent_runs_its_own_tools_and_the_client_does_not_see_them()
    {
        var runs = 0;
        var own = AIFunctionFactory.Create(() => ++runs, "count_orders");
        var model = new ScriptedModel(
            static () => [new FunctionCallContent("o1", "count_orders", new Dictionary<string, object?>())], static () => [new TextContent("One order.")]);
        using var client = Client(model, own);

        var response = await client.GetResponseAsync([User("How many orders?")], Options(), Cancellation);

        Assert.Equal(1, runs);
        Assert.Equal("One order.", response.Text);
        Assert.DoesNotContain(response.Messages.SelectMany(static message => message.Contents), static content => content is FunctionCallContent or FunctionResultContent);
    }

    [Fact]
    public async Task A_function_of_the_client_is_called_and_its_result_reaches_the_agent_under_its_own_id()
    {
        var model = new ScriptedModel(
            static () => [new FunctionCallContent("agent-7", "light", new Dictionary<string, object?> { ["on"] = true })], static () => [new TextContent("Done.")]);
        using var client = Client(model);
        var options = Options();
        options.Tools = [Light];

        var response = await client.GetResponseAsync([User("Light")], options, Cancellation);
        var call = Assert.Single(response.Messages.SelectMany(static message => message.Contents).OfType<FunctionCallContent>());
        // The cascade gives calls ids of its own.
        var answer = await AskAsync(
            client, options, User("Light"), new ChatMessage(ChatRole.Assistant, [new FunctionCallContent("function-call-1", "light")]),
            new ChatMessage(ChatRole.Tool, [new FunctionResultContent("function-call-1", "on")]));

        Assert.Equal("light", call.Name);
        Assert.Equal("Done.", answer);
        Assert.Equal(["user: Light", "assistant: call agent-7 light", "tool: result agent-7 on"], model.Requests[1]);
    }

    [Fact]
    public async Task A_call_that_was_cancelled_has_a_result_for_the_model()
    {
        var model = new ScriptedModel(
            static () => [new FunctionCallContent("agent-7", "light", new Dictionary<string, object?>())], static () => [new TextContent("All right.")]);
        using var client = Client(model);
        var options = Options();
        options.Tools = [Light];

        await client.GetResponseAsync([User("Light")], options, Cancellation);
        await AskAsync(client, options, User("Light"), User("No, stop"));

        Assert.Equal(["user: Light", "assistant: call agent-7 light", "tool: result agent-7 The call was cancelled.", "user: No, stop"], model.Requests[1]);
    }

    [Fact]
    public async Task An_agent_that_keeps_its_history_elsewhere_is_told_what_was_heard()
    {
        var agent = new RemoteAgent();
        using var client = new AgentChatClient(agent, NullLogger.Instance);

        await AskAsync(client, User("Count"));
        await AskAsync(client, User("Count"), Assistant("One."), User("Enough"));

        Assert.Equal(["system: Be brief.", "user: Count"], agent.Requests[0]);
        Assert.Equal(["system: You were interrupted. Of your last answer the user has heard only: One.", "user: Enough"], agent.Requests[1]);
    }

    private static ScriptedModel Saying(params string[] pieces) => new(() => [.. pieces.Select(static piece => new TextContent(piece))]);

    private static AgentChatClient Client(ScriptedModel model, params AITool[] tools) =>
        new(new ChatClientAgent(model, instructions: "You run a bakery.", name: "baker", tools: [.. tools]), NullLogger.Instance);

    private static ChatOptions Options(string session = "a")
    {
        var options = new ChatOptions { Instructions = "Be brief." };
        SessionId.Set(options, session);
        return options;
    }

    private static ChatMessage User(string text) => new(ChatRole.User, text);

    private static ChatMessage Assistant(string text) => new(ChatRole.Assistant, text);

    private static Task<string> AskAsync(AgentChatClient client, params ChatMessage[] messages) => AskAsync(client, Options(), messages);

    private static async Task<string> AskAsync(AgentChatClient client, ChatOptions options, params ChatMessage[] messages) =>
        (await client.GetResponseAsync(messages, options, Cancellation)).Text;

    // An answer of several pieces may be several contents.
    private static string[] Joined(string[] request) =>
        [.. request.Aggregate(new List<string>(), static (lines, line) =>
        {
            if (lines.Count > 0 && line.StartsWith("assistant: ", StringComparison.Ordinal) && lines[^1].StartsWith("assistant: ", StringComparison.Ordinal))
                lines[^1] += line["assistant: ".Length..];
            else
                lines.Add(line);
            return lines;
        })];
}
