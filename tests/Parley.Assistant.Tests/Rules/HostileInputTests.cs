using System.Text;
using CsCheck;
using Microsoft.Extensions.AI;

namespace Parley.Assistant.Tests.Rules;

public sealed class HostileInputTests
{
    private static readonly AITool[] Tools =
    [
        Ask.Function("get_weather", """{"location":{"type":"string"},"days":{"type":"integer"},"date":{"type":"string","format":"date"}}""", "location"),
        Ask.Function("plus"),
        Ask.Function("_"),
        AIFunctionFactory.CreateDeclaration(
            "odd", null, System.Text.Json.JsonDocument.Parse("""{"properties":[1],"required":7}""").RootElement),
        AIFunctionFactory.CreateDeclaration("odder", null, System.Text.Json.JsonDocument.Parse("""{"properties":{"":{"type":[null,"integer"],"enum":[1]},"b":true},"required":["","b"]}""").RootElement),
    ];

    public static TheoryData<string> Texts =>
    [
        "10^999", "9^9^9^9^9", "1/0/0", new string('9', 100_000), "1" + string.Concat(Enumerable.Repeat("+1", 50_000)),
        new string('-', 900) + "1 + 1", "2" + string.Concat(Enumerable.Repeat("^2", 300)),
        "count to 99999999999999999999999", "count from nine hundred ninety nine trillion to ten", "count", "spell", "say", "say \uD800",
        "spell \uDC00\uD800",
        "Call the function get_weather with " + new string('{', 100_000), "Call the function get_weather with " + string
            .Concat(Enumerable.Repeat("{\"a\":", 5_000)) + "1" + new string('}', 5_000),
        "Call the function get_weather with {\"location\":\"\\ud800\"}", "Call the function get_weather with {\"\\ud800\":1}", "Call the function get_weather with {\"location\":\"\\",
        string.Concat(Enumerable.Repeat("call the function get_weather with {", 20_000)), "call the function", "call the function }{", "{0} {1} {", "odd please", "odder please 12", "plus", "_ please",
        "[999999999.999999999 seconds of speech]", "[seconds of speech]", "weather please " + new string('"', 5_001),
        "weather in \uD83D please", "weather on 0th of march 0000 please", "weather at 99:99 please days 1e999 please",
        "\0\u0001\uFFFF", new string('a', 300_000),
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task Hostile_text_gets_a_valid_answer(string said)
    {
        foreach (var instruction in new[] { null, "Speak French", said })
        {
            var options = new ChatOptions { Tools = Tools, Instructions = instruction };
            var response = await Ask.Response([Ask.User(said), Ask.Assistant(said), Ask.User(said)], options);

            AssertAnswers(response);
        }
    }

    [Theory]
    [InlineData("{\"a\":\"\\ud800\"}")]
    [InlineData("{\"error\":\"\\udc00\"}")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]")]
    [InlineData("{\"output\":{\"output\":{\"result\":null}}}")]
    [InlineData("123456789012345678901234567890e999")]
    public async Task Any_function_result_gets_a_valid_answer(string json) =>
        AssertAnswers(await Ask.Response([Ask.Called("1", "f"), Ask.ResultJson("1", json)]));

    [Fact]
    public void Any_text_always_gets_the_same_answer() =>
        Gen.OneOf(Gen.String, Phrases()).Array[1, 3].Sample(
            said =>
            {
                var messages = said.Select(Ask.User).ToArray();
                var options = new ChatOptions { Tools = Tools, Instructions = said[0] };
                var first = Answer(messages, options);
                Assert.Equal(first, Answer(messages, options));
                Assert.NotEmpty(first);
            },
            iter: 3_000);

    // Words that the assistant recognizes, in any order: random letters alone would only reach the fallback.
    private static Gen<string> Phrases() => Gen.OneOf(
        "what is", "seven", "12.5", "/", "(", ")", "^", "minus", "zero", "percent of", "count", "to", "from", "down", "spell", "say",
        "repeat", "that", "weather", "get",
        "in", "Paris", "call the function", "get_weather", "with", "{", "}", "\"", "{\"location\":\"x\"}", "tomorrow", "march", "5th",
        "please", "?", "and", "what did I say first",
        "story", "\uD800", "[2 seconds of speech]", "answer in German", "your name is Ada", ",", ".", "-", "days", "picture")
        .Array[0, 12].Select(words => string.Join(' ', words));

    private static string Answer(ChatMessage[] messages, ChatOptions options)
    {
        var response = Ask.Client().GetResponseAsync(messages, options).GetAwaiter().GetResult();
        return response.Text + string.Concat(response.Messages[0].Contents.OfType<FunctionCallContent>().Select(call => call.CallId + System.Text.Json.JsonSerializer.Serialize(call.Arguments)));
    }

    private static void AssertAnswers(ChatResponse response)
    {
        Assert.NotEmpty(response.Messages[0].Contents);
        Assert.True(response.Text.Length < 10_000);
        Assert.Equal(response.Text, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(response.Text)));
    }
}
