using Microsoft.Extensions.AI;

namespace Parley.Assistant.Tests.Functions;

/// <summary>Requests as a recognizer writes them: no capitals, no punctuation, numbers as words, some homophones.</summary>
public sealed class SpokenRequestTests
{
    private static readonly AITool Weather = Ask.Function(
        "get_weather", """{"city":{"type":"string"},"unit":{"type":"string","enum":["celsius","fahrenheit"]}}""", "city");
    private static readonly AITool Forecast = Ask.Function("getForecast", """{"city":{"type":"string"}}""");
    private static readonly AITool LightsOn = Ask.Function("turn_on_the_lights", """{"room":{"type":"string"}}""");
    private static readonly AITool Volume = Ask.Function("set_volume", """{"percent":{"type":"integer"}}""", "percent");
    private static readonly AITool Alarm = Ask.Function(
        "set_alarm", """{"time":{"type":"string"},"date":{"type":"string","format":"date"}}""", "time");
    private static readonly AITool Ring = Ask.Function("ring");

    [Theory]
    [InlineData("what is the weather in oslo", "get_weather {\"city\":\"Oslo\"}")]
    [InlineData("what is the whether in new york", "get_weather {\"city\":\"New York\"}")]
    [InlineData("um what's the weather like in oslo today", "get_weather {\"city\":\"Oslo\"}")]
    [InlineData("hey parley tell me the weather in bern please", "get_weather {\"city\":\"Bern\"}")]
    [InlineData("i want to know the weather in lima", "get_weather {\"city\":\"Lima\"}")]
    [InlineData("What is the weather in oslo.", "get_weather {\"city\":\"Oslo\"}")]
    [InlineData("what is the weather in oslo in celsius", "get_weather {\"unit\":\"celsius\",\"city\":\"Oslo\"}")]
    [InlineData("get the forecast for paris", "getForecast {\"city\":\"Paris\"}")]
    [InlineData("show me the forecast", "getForecast {}")]
    [InlineData("call the function get weather with city oslo", "get_weather {\"city\":\"Oslo\"}")]
    [InlineData("please call a function get whether with city new york please", "get_weather {\"city\":\"New York\"}")]
    [InlineData("call get weather with the city madrid and the unit fahrenheit", "get_weather {\"city\":\"Madrid\",\"unit\":\"fahrenheit\"}")]
    [InlineData("call the function get weather", "Which city should I use for get weather?")]
    [InlineData("call the function ring", "ring {}")]
    [InlineData("use the turn on the lights tool", "turn_on_the_lights {}")]
    [InlineData("switch on the lights", "turn_on_the_lights {}")]
    [InlineData("lights on please", "turn_on_the_lights {}")]
    [InlineData("turn on the light in the kitchen", "turn_on_the_lights {\"room\":\"kitchen\"}")]
    [InlineData("set the volume to forty five percent", "set_volume {\"percent\":45}")]
    [InlineData("set the volume to a hundred", "set_volume {\"percent\":100}")]
    [InlineData("set the volume", "Which percent should I use for set volume?")]
    [InlineData("set an alarm for seven thirty a m", "set_alarm {\"time\":\"07:30\"}")]
    [InlineData("set an alarm for nine p m on march twenty first", "set_alarm {\"time\":\"21:00\",\"date\":\"2026-03-21\"}")]
    [InlineData("set an alarm for eight o'clock tomorrow", "set_alarm {\"time\":\"08:00\",\"date\":\"2026-11-23\"}")]
    [InlineData("set an alarm for six fifteen in the evening", "set_alarm {\"time\":\"18:15\"}")]
    public async Task A_spoken_request_calls_its_function(string heard, string expected) =>
        Assert.Equal(expected, await Ask.Outcome(heard, Weather, Forecast, LightsOn, Volume, Alarm, Ring));

    [Theory]
    [InlineData("oslo")]
    [InlineData("in oslo please")]
    [InlineData("it is oslo")]
    [InlineData("make it oslo")]
    [InlineData("um i said oslo")]
    public async Task The_reply_to_a_question_is_the_value(string answer) =>
        Assert.Equal("get_weather {\"city\":\"Oslo\"}", await Ask.Outcome(
            [Ask.User("what is the weather"), Ask.Assistant("Which city should I use for get weather?"), Ask.User(answer)], Weather, Volume));

    [Fact]
    public async Task The_reply_to_an_interrupted_question_is_the_value() =>
        Assert.Equal("get_weather {\"city\":\"Oslo\"}", await Ask.Outcome(
            [Ask.User("what is the weather"), Ask.Assistant("Which city should I"), Ask.User("oslo")], Weather, Volume));

    [Theory]
    [InlineData("never mind", "All right, I will stop here.")]
    [InlineData("pardon", "Which city should I use for get weather?")]
    [InlineData("what time is it", "It is 14:05 UTC.")]
    [InlineData("what is the weather in bern", "get_weather {\"city\":\"Bern\"}")]
    public async Task Another_request_is_not_taken_as_the_value(string answer, string expected) =>
        Assert.Equal(expected, await Ask.Outcome(
            [Ask.User("what is the weather"), Ask.Assistant("Which city should I use for get weather?"), Ask.User(answer)], Weather));

    [Theory]
    [InlineData("i wonder whether the lights were on")]
    [InlineData("the weather was nice in oslo")]
    [InlineData("somebody will call the weather man")]
    public async Task A_statement_calls_no_function(string heard) =>
        Assert.StartsWith("I heard '", await Ask.Outcome(heard, Weather, LightsOn, Ring), StringComparison.Ordinal);
}
