using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Parley.Server;
using Parley.Server.Tests.Support;

namespace Parley.Cascade.Agents.Tests;

/// <summary>Conversations over the Live API with an agent.</summary>
public sealed class ConversationTests
{
    private const string Setup =
        """
        {"setup":{"model":"models/gemini-2.0-flash-live-001","generationConfig":{"responseModalities":["TEXT"]},
        "tools":[{"functionDeclarations":[{"name":"light","description":"Turns the light on."}]}]}}
        """;

    [Fact]
    public async Task An_agent_answers_runs_its_tool_and_calls_a_function_of_the_client()
    {
        var runs = 0;
        var model = new ScriptedModel(
            static () => [new FunctionCallContent("o1", "count_orders", new Dictionary<string, object?>())],
            static () => [new TextContent("One order.")],
            static () => [new FunctionCallContent("l1", "light", new Dictionary<string, object?>())],
            static () => [new TextContent("It is on.")]);
        // The agent's own chat client is the one without a key: the cascade does not take it for its chat model.
        await using var host = await InMemoryHost.StartAsync(
            builder =>
            {
                builder.Configuration["Speech:Recognizer:Provider"] = "none";
                builder.Configuration["Speech:Detector:Provider"] = "energy";
                builder.Configuration["Speech:Synthesizer:Provider"] = "tone";
                builder.Services.AddChatClient(model);
                builder.Services.AddLiveApi(static live => live.ApiKeys.Add(LiveTestHost.Key)).UseAgent(services => new ChatClientAgent(
                    services.GetRequiredService<IChatClient>(), instructions: "You run a bakery.", name: "baker",
                    tools: [AIFunctionFactory.Create(() => ++runs, "count_orders")]));
            },
            static app => app.MapLiveApi());
        await using var client = await host.OpenAsync(Setup);

        await client.SayAsync("How many orders?");
        await client.ReceiveUntilAsync(static frame => frame.SaidText() == "One order.", "the answer with the agent's tool");
        await client.ReceiveUntilAsync(static frame => frame.At("serverContent", "turnComplete") is not null, "the end of the turn");
        await client.SayAsync("Light, please");
        var call = await client.ReceiveUntilAsync(static frame => frame.Has("toolCall"), "the call");
        var id = call.At("toolCall", "functionCalls")!.Value[0].GetProperty("id").GetString();
        await client.SendJsonAsync(new { ToolResponse = new { FunctionResponses = new[] { new { Id = id, Name = "light", Response = new { Result = "on" } } } } });
        await client.ReceiveUntilAsync(static frame => frame.SaidText() == "It is on.", "the answer after the result");

        Assert.Equal(1, runs);
        Assert.Equal(4, model.Requests.Count);
        Assert.Single(model.Requests[3], static line => line == "user: How many orders?");
        Assert.Contains(model.Requests[3], static line => line.StartsWith("tool: result l1 ", StringComparison.Ordinal));
    }
}
