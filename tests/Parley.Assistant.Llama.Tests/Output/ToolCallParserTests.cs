using System.Text.Json;
using CsCheck;
using Microsoft.Extensions.AI;
using Parley.Assistant.Llama.Output;

namespace Parley.Assistant.Llama.Tests.Output;

/// <summary>Calls in the text of a model, in pieces of any size.</summary>
public sealed class ToolCallParserTests
{
    private static readonly HashSet<string> Functions = new(StringComparer.Ordinal) { "roll", "light" };

    [Theory]
    [InlineData("Hello there.", "Hello there.")]
    [InlineData("<tool_call>\n{\"name\": \"roll\", \"arguments\": {\"count\": 2}}\n</tool_call>", "", "roll {\"count\":2}")]
    [InlineData("One moment. <tool_call>{\"name\":\"roll\"}</tool_call>", "One moment. ", "roll {}")]
    [InlineData("<tool_call>{\"name\":\"roll\"}</tool_call>\n<tool_call>{\"name\":\"light\",\"arguments\":{\"on\":true}}</tool_call>", "\n", "roll {}", "light {\"on\":true}")]
    [InlineData("{\"name\": \"roll\", \"parameters\": {\"count\": 3}}", "", "roll {\"count\":3}")]
    [InlineData("<|python_tag|>{\"name\": \"roll\", \"parameters\": {}}; {\"name\": \"light\", \"parameters\": {}}", "", "roll {}", "light {}")]
    [InlineData("[TOOL_CALLS] [{\"name\": \"roll\", \"arguments\": \"{\\\"count\\\": 1}\"}]", "", "roll {\"count\":1}")]
    [InlineData("```json\n{\"name\": \"roll\", \"arguments\": null}\n```", "", "roll {}")]
    [InlineData("{\"answer\": 42}", "{\"answer\": 42}")]
    [InlineData("a < b and <tool", "a < b and ")]
    [InlineData("<tool_call>{\"name\": \"roll\"", "", "error")]
    [InlineData("<tool_call>not json</tool_call> and so on", " and so on", "error")]
    [InlineData("<tool_call>{\"name\": \"format_disk\", \"arguments\": {}}</tool_call>", "", "error")]
    [InlineData("{\"name\": \"roll\", \"parameters\": {\"count\": ", "", "error")]
    [InlineData("<tool_call>[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[</tool_call>", "", "error")]
    public void Text_and_calls_are_the_same_in_any_pieces(string answer, string text, params string[] calls) =>
        Gen.Int[1, 6].Array[1, 40].Sample(sizes =>
        {
            var found = Parse(answer, sizes);

            Assert.Equal(text, string.Concat(found.OfType<TextContent>().Select(static content => content.Text)));
            Assert.Equal(calls, found.Where(static content => content is not TextContent).Select(static content =>
                content is FunctionCallContent call ? $"{call.Name} {JsonSerializer.Serialize(call.Arguments)}" : "error"));
        }, iter: 60);

    [Fact]
    public void No_part_of_a_tag_is_spoken_whatever_the_model_writes() =>
        Gen.OneOf(Gen.Const("<tool_call>"), Gen.Const("</tool_call>"), Gen.Const("<tool_"), Gen.Const("{\"name\":\"roll\"}"), Gen.Const("<"), Gen.Const("```"), Gen.String[0, 5])
            .Array[0, 12].Select(Gen.Int[1, 9].Array[1, 20])
            .Sample((parts, sizes) =>
            {
                var spoken = string.Concat(Parse(string.Concat(parts), sizes).OfType<TextContent>().Select(static content => content.Text));

                Assert.DoesNotContain("<tool_call>", spoken, StringComparison.Ordinal);
            }, iter: 2000);

    [Fact]
    public void Without_functions_json_is_text_and_comes_at_once()
    {
        var parser = new ToolCallParser(new HashSet<string>());

        Assert.Equal("{\"a", Assert.IsType<TextContent>(Assert.Single(parser.Feed("{\"a"))).Text);
    }

    [Fact]
    public void A_call_without_an_end_is_given_up_and_does_not_grow()
    {
        var parser = new ToolCallParser(Functions);
        List<AIContent> found = [.. parser.Feed("<tool_call>")];

        for (var i = 0; i < 20; i++)
            found.AddRange(parser.Feed(new string('x', 10_000)));

        Assert.All(found, static content => Assert.IsType<ErrorContent>(content));
        Assert.NotEmpty(found);
    }

    [Fact]
    public void A_stop_sequence_ends_the_text_before_it_in_any_pieces() => Gen.Int[1, 4].Array[1, 20].Sample(sizes =>
    {
        var stop = new StopText(["\nUser:"]);

        var text = string.Concat(Pieces("It is two.\nUse it.\nUser: and", sizes).Select(stop.Feed)) + stop.Flush();

        Assert.Equal("It is two.\nUse it.", text);
        Assert.True(stop.Found);
    }, iter: 60);

    private static List<AIContent> Parse(string answer, int[] sizes)
    {
        var parser = new ToolCallParser(Functions);
        return [.. Pieces(answer, sizes).SelectMany(parser.Feed), .. parser.Flush()];
    }

    private static IEnumerable<string> Pieces(string text, int[] sizes)
    {
        for (int at = 0, i = 0; at < text.Length; at += sizes[i++ % sizes.Length])
            yield return text.Substring(at, Math.Min(sizes[i % sizes.Length], text.Length - at));
    }
}
