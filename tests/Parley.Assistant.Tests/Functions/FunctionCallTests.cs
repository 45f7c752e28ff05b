using Microsoft.Extensions.AI;

namespace Parley.Assistant.Tests.Functions;

public sealed class FunctionCallTests
{
    private static readonly AITool Weather = Ask.Function(
        "get_weather", """{"location":{"type":"string"},"unit":{"type":"string","enum":["celsius","fahrenheit"]}}""", "location");

    private static readonly AITool LightsOn = Ask.Function("turn_on_the_lights");
    private static readonly AITool LightsOff = Ask.Function("turnOffTheLights");

    private static readonly AITool SetLight = Ask.Function(
        "set_light_values",
        """{"brightness":{"type":"integer"},"color_temp":{"type":"string","enum":["daylight","cool","warm"]},"blink":{"type":"boolean"}}""",
        "brightness", "color_temp");

    private static readonly AITool Meeting = Ask.Function(
        "schedule_meeting",
        """{"attendees":{"type":"array","items":{"type":"string"}},"date":{"type":"string"},"time":{"type":"string"},"topic":{"type":"string"}}""",
        "date", "time", "topic");

    private static readonly AITool Add = Ask.Function("add_numbers", """{"a":{"type":"number"},"b":{"type":"number"}}""", "a", "b");
    private static readonly AITool SetRoom = Ask.Function("set_room_name", """{"text":{"type":"string"}}""", "text");

    [Theory]
    [InlineData("Call the function get_weather with {\"location\":\"Paris\"}", "get_weather {\"location\":\"Paris\"}")]
    [InlineData("Hello! Please call the function get_weather with the arguments {\"location\": \"a } brace\"}. Thanks", "get_weather {\"location\":\"a } brace\"}")]
    [InlineData("call get_weather {\"location\":\"Rome\",\"extra\":{\"deep\":[1,2]}}", "get_weather {\"location\":\"Rome\",\"extra\":{\"deep\":[1,2]}}")]
    [InlineData("Call the function get_weather with {\"location\":\"A\"} and call the function get_weather with {\"location\":\"B\"}", "get_weather {\"location\":\"A\"} | get_weather {\"location\":\"B\"}")]
    [InlineData("Use the turn_on_the_lights tool", "turn_on_the_lights {}")]
    [InlineData("Call the function get_weather", "Which location should I use for get weather?")]
    [InlineData("Call the function get_weather with {}", "Which location should I use for get weather?")]
    [InlineData("Call the function get_weather with {\"location\":", "The arguments for get_weather are not a valid JSON object, so I did not call it.")]
    [InlineData("Call the function get_weather with {location}", "The arguments for get_weather are not a valid JSON object, so I did not call it.")]
    [InlineData("Call the function launch_rocket with {}", "No function called launch_rocket is declared, so I did not call it.")]
    [InlineData("Call the function launch_rocket with {} and call the function turn_on_the_lights", "turn_on_the_lights {} | No function called launch_rocket is declared, so I did not call it.")]
    [InlineData("Call the function get_weather with location Paris", "get_weather {\"location\":\"Paris\"}")]
    public async Task An_explicit_request_calls_its_function(string said, string expected) =>
        Assert.Equal(expected, await Ask.Outcome(said, Weather, LightsOn));

    [Theory]
    [InlineData("what is seven times six")]
    [InlineData("What is 3 times 4?")]
    public async Task A_product_is_not_a_request_for_the_time(string said) =>
        Assert.StartsWith("That makes ", await Ask.Outcome(said, Ask.Function("get_time")), StringComparison.Ordinal);

    [Theory]
    [InlineData("Get the weather in Paris", "get_weather {\"location\":\"Paris\"}")]
    [InlineData("What's the weather like in New York, please?", "get_weather {\"location\":\"New York\"}")]
    [InlineData("what is the weather in Oslo in celsius?", "get_weather {\"unit\":\"celsius\",\"location\":\"Oslo\"}")]
    [InlineData("What is the weather?", "Which location should I use for get weather?")]
    [InlineData("Turn on the lights", "turn_on_the_lights {}")]
    [InlineData("could you turn off the light", "turnOffTheLights {}")]
    [InlineData("Turn off the lights and get the weather in Bern", "turnOffTheLights {} | get_weather {\"location\":\"Bern\"}")]
    [InlineData("set light values with brightness 40 and color temp warm and blink true", "set_light_values {\"brightness\":40,\"color_temp\":\"warm\",\"blink\":true}")]
    [InlineData("Set the light values to warm and fifty", "set_light_values {\"brightness\":50,\"color_temp\":\"warm\"}")]
    [InlineData("What will the weather be like in Oslo tomorrow?", "get_weather {\"location\":\"Oslo\"}")]
    [InlineData("Add numbers 2.5 and minus four", "add_numbers {\"a\":2.5,\"b\":-4}")]
    [InlineData("Set the room name of the kitchen to Deep Blue, please", "set_room_name {\"text\":\"Deep Blue\"}")]
    [InlineData("Set the light values to cool", "Which brightness should I use for set light values?")]
    [InlineData("Schedule a meeting with topic \"Q3 planning\" tomorrow at 10:00", "schedule_meeting {\"topic\":\"Q3 planning\",\"date\":\"2026-11-23\",\"time\":\"10:00\"}")]
    [InlineData("Please schedule a meeting about the budget on March 5th 2027 at 7 pm", "schedule_meeting {\"date\":\"2027-03-05\",\"time\":\"19:00\",\"topic\":\"budget\"}")]
    public async Task A_plain_request_calls_the_function_it_names(string said, string expected) =>
        Assert.Equal(expected, await Ask.Outcome(said, Weather, LightsOn, LightsOff, SetLight, Meeting, Add, SetRoom));

    [Theory]
    [InlineData("I love this weather")]
    [InlineData("The lights were nice")]
    public async Task A_statement_calls_no_function(string said) =>
        Assert.StartsWith("I heard '", await Ask.Outcome(said, Weather, LightsOn), StringComparison.Ordinal);

    [Fact]
    public async Task Words_to_repeat_are_not_acted_on() =>
        Assert.Equal("turn on the lights", await Ask.Outcome("Repeat after me: turn on the lights", LightsOn));

    [Fact]
    public async Task All_text_since_the_last_answer_is_joined() =>
        Assert.Equal("get_weather {\"location\":\"Lima\"}", await Ask.Outcome(
            [Ask.User("hi"), Ask.Assistant("Hello!"), Ask.User("Call the function get_weather with"), new ChatMessage(ChatRole.User, [new TextContent("{\"location\":"), new TextContent("\"Lima\"}")])],
            Weather));

    [Fact]
    public async Task The_answer_to_a_question_completes_the_call() =>
        Assert.Equal("get_weather {\"unit\":\"celsius\",\"location\":\"Paris\"}", await Ask.Outcome(
            [Ask.User("Get the weather in celsius"), Ask.Assistant("Which location should I use for get weather?"), Ask.User("Paris, please")], Weather));

    [Fact]
    public async Task Every_call_of_a_conversation_has_its_own_id()
    {
        var options = new ChatOptions { Tools = [LightsOn] };
        const string twice = "Call the function turn_on_the_lights and call the function turn_on_the_lights";
        var first = await Ask.Response([Ask.User(twice)], options);
        var again = await Ask.Response([Ask.User(twice)], options);
        var later = await Ask.Response([Ask.User(twice), Ask.Called("x", "turn_on_the_lights"), Ask.Result("x", "ok"), Ask.Assistant("Done."), Ask.User(twice)], options);

        Assert.Equal(Ids(first), Ids(again));
        Assert.Equal(4, Ids(first).Concat(Ids(later)).Distinct().Count());
        Assert.Equal(ChatFinishReason.ToolCalls, first.FinishReason);
    }

    [Fact]
    public async Task With_tools_switched_off_no_function_is_called() =>
        Assert.DoesNotContain(
            (await Ask.Response([Ask.User("Turn on the lights")], new ChatOptions { Tools = [LightsOn], ToolMode = ChatToolMode.None })).Messages[0].Contents,
            content => content is FunctionCallContent);

    private static IEnumerable<string> Ids(ChatResponse response) =>
        response.Messages[0].Contents.OfType<FunctionCallContent>().Select(call => call.CallId);
}
