using Microsoft.Extensions.AI;

namespace Parley.Assistant.Tests.Functions;

public sealed class FunctionResultTests
{
    private static readonly AITool Weather = Ask.Function("get_weather", """{"location":{"type":"string"}}""", "location");
    private static readonly ChatMessage Request = Ask.User("Call the function get_weather with {\"location\":\"Paris\"}");

    [Theory]
    [InlineData("""{"temperature":21,"sky":"clear"}""", "The temperature is 21 and the sky is clear.")]
    [InlineData("""{"output":{"temperature":21.5}}""", "The temperature is 21.5.")]
    [InlineData("""{"result":"sunny."}""", "The weather is sunny.")]
    [InlineData("""{"result":"rain in Oslo"}""", "Rain in Oslo.")]
    [InlineData("""{"result":"ok","scheduling":"WHEN_IDLE"}""", "Done.")]
    [InlineData("""{"cities":["Rome","Oslo","Bern"],"windSpeed":{"maxKmh":30}}""", "The cities are Rome, Oslo and Bern and the maximum wind speed is 30 kilometers per hour.")]
    [InlineData("""{"city":"Oslo","celsius":4}""", "In Oslo, it is 4 degrees Celsius.")]
    [InlineData("""[{"day":1},{"day":2}]""", "There are 2 results: day 1; day 2.")]
    [InlineData("true", "Done.")]
    [InlineData("false", "That did not work.")]
    [InlineData("{}", "Done.")]
    [InlineData("null", "Done.")]
    [InlineData("[]", "There are no results.")]
    [InlineData("4", "The weather is 4.")]
    [InlineData("""{"error":"station offline"}""", "That did not work: station offline.")]
    [InlineData("""{"error":true}""", "That did not work.")]
    [InlineData("""{"success":false,"reason":"no signal"}""", "That did not work: no signal.")]
    [InlineData("""{"status":"error","message":"quota exceeded."}""", "That did not work: quota exceeded.")]
    [InlineData("""{"output":{"error":{"code":5,"message":"no such city"}}}""", "That did not work: no such city.")]
    public async Task A_JSON_result_is_spoken(string json, string expected) =>
        Assert.Equal(expected, await Ask.Outcome([Request, Ask.Called("1", "get_weather"), Ask.ResultJson("1", json)], Weather));

    [Fact]
    public async Task Objects_and_text_are_spoken_as_results()
    {
        Assert.Equal("The temperature is 3.", await Answer(new { Temperature = 3 }));
        Assert.Equal("The weather is mild.", await Answer("mild"));
        Assert.Equal("The sky is grey.", await Answer("""{"sky":"grey"}"""));
        Assert.Equal("{broken.", await Answer("{broken"));
        Assert.Equal("Done.", await Answer(null));
    }

    [Fact]
    public async Task Several_results_are_spoken_together() =>
        Assert.Equal(
            "The weather is mild. Done.",
            await Ask.Outcome([Request, Ask.Called("1", "get_weather"), Ask.Called("2", "ring_bell"), Ask.Result("1", "mild"), Ask.Result("2", null)], Weather));

    [Fact]
    public async Task A_result_without_its_call_does_not_call_again() =>
        Assert.Equal(
            "Mild.",
            await Ask.Outcome([Request, Ask.Result("1", "mild")], Weather));

    [Fact]
    public async Task New_words_are_answered_without_repeating_an_older_result() =>
        Assert.Equal("It is 14:05 UTC.", await Ask.Outcome([Request, Ask.Called("1", "get_weather"), Ask.Result("1", "mild"), Ask.User("What time is it?")], Weather));

    [Fact]
    public async Task A_late_result_is_spoken_before_the_answer_to_newer_words() =>
        Assert.Equal(
            "The weather is mild. It is 14:05 UTC.",
            await Ask.Outcome([Request, Ask.Called("1", "get_weather"), Ask.User("What time is it?"), Ask.Result("1", "mild")], Weather));

    [Fact]
    public async Task A_spoken_result_completes_its_request()
    {
        var messages = new List<ChatMessage> { Request, Ask.Called("1", "get_weather"), Ask.Result("1", "mild") };
        var spoken = await Ask.Outcome(messages, Weather);
        messages.Add(Ask.Assistant(spoken));
        messages.Add(Ask.User("Thanks"));

        Assert.Equal("You are welcome.", await Ask.Outcome(messages, Weather));
    }

    private static Task<string> Answer(object? result) =>
        Ask.Outcome([Request, Ask.Called("1", "get_weather"), Ask.Result("1", result)], Weather);
}
