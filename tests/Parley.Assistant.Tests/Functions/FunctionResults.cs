using Microsoft.Extensions.AI;
using Parley.Cascade.Answering;

namespace Parley.Assistant.Tests.Functions;

public sealed class FunctionResults
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
    public async Task Speaks_the_result(string json, string expected) =>
        Assert.Equal(expected, await Ask.Outcome([Request, Ask.Called("1", "get_weather"), Ask.ResultJson("1", json)], Weather));

    [Fact]
    public async Task Speaks_results_that_are_objects_or_text()
    {
        Assert.Equal("The function get weather answered: temperature 3.", await Answer(new { Temperature = 3 }));
        Assert.Equal("The function get weather answered: mild.", await Answer("mild"));
        Assert.Equal("The function get weather answered: sky grey.", await Answer("""{"sky":"grey"}"""));
        Assert.Equal("The function get weather answered: {broken.", await Answer("{broken"));
        Assert.Equal("The function get weather is done.", await Answer(null));
    }

    [Fact]
    public async Task Speaks_several_results_together() =>
        Assert.Equal(
            "The function get weather answered: mild. The function ring bell is done.",
            await Ask.Outcome([Request, Ask.Called("1", "get_weather"), Ask.Called("2", "ring_bell"), Ask.Result("1", "mild"), Ask.Result("2", null)], Weather));

    [Fact]
    public async Task Does_not_call_again_when_the_call_itself_left_the_history() =>
        Assert.Equal(
            "The function answered: mild.",
            await Ask.Outcome([Request, Ask.Result("1", "mild")], Weather));

    [Fact]
    public async Task Answers_the_newest_words_and_leaves_an_older_result_alone() =>
        Assert.Equal("It is 14:05 UTC.", await Ask.Outcome([Request, Ask.Called("1", "get_weather"), Ask.Result("1", "mild"), Ask.User("What time is it?")], Weather));

    [Fact]
    public async Task Speaks_a_late_result_and_answers_what_was_said_meanwhile() =>
        Assert.Equal(
            "The function get weather answered: mild. It is 14:05 UTC.",
            await Ask.Outcome([Request, Ask.Called("1", "get_weather"), Ask.User("What time is it?"), Ask.Result("1", "mild")], Weather));

    [Fact]
    public async Task A_result_ends_the_request_it_answers()
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
