using Microsoft.Extensions.AI;
using Parley.Assistant.Llama.Prompts;
using Parley.Assistant.Llama.Tests.Models;

namespace Parley.Assistant.Llama.Tests.Prompts;

/// <summary>Conversations as text, in the forms of the model families.</summary>
public sealed class PromptTests
{
    private static readonly ChatMessage[] Conversation =
    [
        new(ChatRole.User, "Roll two dice"),
        new(ChatRole.Assistant, [new FunctionCallContent("c1", "roll", new Dictionary<string, object?> { ["count"] = 2 })]),
        new(ChatRole.Tool, [new FunctionResultContent("c1", "7")]),
    ];

    [Theory]
    [InlineData("... <tool_call> ... enable_thinking", "Hermes", "<think>\n\n</think>\n\n")]
    [InlineData("<|start_header_id|> ipython", "Llama3", "")]
    [InlineData("<|start_header_id|>", "Generic", "")]
    [InlineData(null, "Generic", "")]
    public void The_template_shows_the_family(string? template, string calls, string noThoughts)
    {
        var format = PromptFormat.Of(template);

        Assert.Equal(calls, format.Calls.ToString());
        Assert.Equal(noThoughts, format.NoThoughts);
    }

    [Fact]
    public void Hermes_has_tags_around_declarations_calls_and_results()
    {
        var prompt = Build("<tool_call>");

        Assert.Equal(["system", "user", "assistant", "user"], prompt.Select(static message => message.Role));
        Assert.StartsWith("Be brief.\n\n# Tools", prompt[0].Text, StringComparison.Ordinal);
        Assert.Contains(
            """
            <tools>
            {"type":"function","function":{"name":"roll","description":"Rolls dice.","parameters":{"type":"object","properties":{"count":{"type":"integer"}}}}}
            </tools>
            """.ReplaceLineEndings("\n"),
            prompt[0].Text, StringComparison.Ordinal);
        Assert.Equal("<tool_call>\n{\"name\":\"roll\",\"arguments\":{\"count\":2}}\n</tool_call>", prompt[2].Text);
        Assert.Equal("<tool_response>\n7\n</tool_response>", prompt[3].Text);
    }

    [Fact]
    public void Llama_has_plain_calls_and_results_in_a_role_of_their_own()
    {
        var prompt = Build("<|start_header_id|> ipython");

        Assert.Equal(["system", "user", "assistant", "ipython"], prompt.Select(static message => message.Role));
        Assert.Equal("{\"name\":\"roll\",\"parameters\":{\"count\":2}}", prompt[2].Text);
        Assert.Equal("7", prompt[3].Text);
    }

    [Fact]
    public void Turns_are_left_out_with_their_calls_and_results_and_the_instruction_stays()
    {
        List<PromptMessage> prompt = [.. Build(null), new("assistant", "Seven."), new("user", "Thanks"), new("assistant", "Sure."), new("user", "Bye")];

        Assert.Equal(3, Turns.Count(prompt));
        Assert.Equal(["Thanks", "Sure.", "Bye"], Turns.Without(prompt, 1).Skip(1).Select(static message => message.Text));
        Assert.Equal("system", Turns.Without(prompt, 2)[0].Role);
        Assert.Equal("Bye", Assert.Single(Turns.Newest(prompt, 0).Skip(1)).Text);
        Assert.Equal(prompt, Turns.Newest(prompt, 10_000));
    }

    private static List<PromptMessage> Build(string? template) => PromptBuilder.Build(
        Conversation, new ChatOptions { Instructions = "Be brief.", Tools = [TinyModel.Roll] }, PromptFormat.Of(template));
}
