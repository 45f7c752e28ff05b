using Microsoft.Extensions.AI;

namespace Parley.Assistant.Tests.Functions;

public sealed class FunctionResultTests
{
    private static readonly AITool Weather = Ask.Function("get_weather", """{"location":{"type":"string"}}""", "location");
    private static readonly ChatMessage Request = Ask.User("Call the function get_weather with {\"location\":\"Paris\"}");

    [Theory]
    [InlineData("""{"temperature":21,"sky":"clear"}""", "The function get weather answered: temperature 21, sky clear.")]
    [InlineData("""{"output":{"temperature":21.5}}""", "The function get weather answered: temperature 21.5.")]
    [InlineData("""{"result":"sunny."}""", "The function get weather answered: sunny.")]
    [InlineData("""{"result":"ok","scheduling":"WHEN_IDLE"}""", "The function get weather answered: ok.")]
    [InlineData("""{"cities":["Rome","Oslo","Bern"],"windSpeed":{"maxKmh":30}}""", "The function get weather answered: cities Rome, Oslo and Bern, wind speed max 30 kilometers per hour.")]
    [InlineData("""{"city":"Oslo","celsius":4}""", "The function get weather answered: city Oslo, 4 degrees celsius.")]
    [InlineData("""[{"day":1},{"day":2}]""", "The function get weather answered: day 1; day 2.")]
    [InlineData("true", "The function get weather answered: true.")]
    [InlineData("{}", "The function get weather is done.")]
    [InlineData("null", "The function get weather is done.")]
    [InlineData("""{"error":"station offline"}""", "The function get weather failed: station offline.")]
    [InlineData("""{"output":{"error":{"code":5,"message":"no such city"}}}""", "The function get weather failed: no such city.")]
    public async Task A_JSON_result_is_spoken(string json, string expected) =>
        Assert.Equal(expected, await Ask.Outcome([Request, Ask.Called("1", "get_weather"), Ask.ResultJson("1", json)], Weather));

    [Fact]
    public async Task Objects_and_text_are_spoken_as_results()
    {
        Assert.Equal("The function get weather answered: temperature 3.", await Answer(new { Temperature = 3 }));
        Assert.Equal("The function get weather answered: mild.", await Answer("mild"));
        Assert.Equal("The function get weather answered: sky grey.", await Answer("""{"sky":"grey"}"""));
        Assert.Equal("The function get weather answered: {broken.", await Answer("{broken"));
        Assert.Equal("The function get weather is done.", await Answer(null));
    }

    [Fact]
    public async Task Several_results_are_spoken_together() =>
        Assert.Equal(
            "The function get weather answered: mild. The function ring bell is done.",
            await Ask.Outcome([Request, Ask.Called("1", "get_weather"), Ask.Called("2", "ring_bell"), Ask.Result("1", "mild"), Ask.Result("2", null)], Weather));

    [Fact]
    public async Task A_result_without_its_call_does_not_call_again() =>
        Assert.Equal(
            "The function answered: mild.",
            await Ask.Outcome([Request, Ask.Result("1", "mild")], Weather));

    [Fact]
    public async Task New_words_are_answered_without_repeating_an_older_result() =>
        Assert.Equal("It is 14:05 UTC.", await Ask.Outcome([Request, Ask.Called("1", "get_weather"), Ask.Result("1", "mild"), Ask.User("What time is it?")], Weather));

    [Fact]
    public async Task A_late_result_is_spoken_before_the_answer_to_newer_words() =>
        Assert.Equal(
            "The function get weather answered: mild. It is 14:05 UTC.",
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
