using Parley.Protocol;
using Parley.Server.Brains;

namespace Parley.Server.Tests.Brains.Grammar;

public sealed class GrammarPhrases
{
    private static readonly FunctionDeclaration Weather = Declare("getCurrentWeather", new() { ["city"] = Of(SchemaType.String), ["unit"] = Enum("CELSIUS", "fahrenheit") }, "city");
    private static readonly FunctionDeclaration Lights = Declare("turn_on_the_lights", new() { ["room"] = Of(SchemaType.String) });
    private static readonly FunctionDeclaration Scene = Declare("set_scene2", new() { ["scene_name"] = Enum("movieNight", "level_12", "日本"), ["brightness"] = Of(SchemaType.Integer) }, "scene_name", "brightness");
    private static readonly FunctionDeclaration Odd = Declare("über_große_función", new() { ["x"] = Of(SchemaType.String) });

    [Fact]
    public void Every_word_is_plain()
    {
        foreach (var phrase in SpokenPhrases.For([Weather, Lights, Scene, Odd, new FunctionDeclaration()]))
        {
            Assert.Matches(@"^[a-z \[\]()|]+$", phrase);
        }
    }

    [Fact]
    public void Names_and_values_are_split_into_words_and_numbers_are_spelled()
    {
        var all = string.Join('\n', SpokenPhrases.For([Scene]));

        Assert.Contains("set scene two", all, StringComparison.Ordinal);
        Assert.Contains("(movie night | level twelve)", all, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_English_has_a_grammar()
    {
        Assert.Empty(SpokenPhrases.For([Weather], "de-DE"));
        Assert.Equal(SpokenPhrases.For([Weather]), SpokenPhrases.For([Weather], "en-GB"));
    }

    [Fact]
    public async Task Whatever_the_grammar_can_say_the_brain_understands()
    {
        var random = new Random(7);
        foreach (var phrase in SpokenPhrases.For([]))
        {
            for (var i = 0; i < 60; i++)
            {
                var sentence = GrammarSpeaker.Say(phrase, random);
                var answer = await Ask.Text(Ask.User("hello"), Ask.Assistant("Hello."), Ask.User(sentence));

                Assert.False(answer.StartsWith("I heard: ", StringComparison.Ordinal), $"'{sentence}' is in the grammar and not understood");
            }
        }
    }

    [Fact]
    public async Task Whatever_the_grammar_asks_of_a_function_is_called_or_asked_for()
    {
        var tools = new[]
        {
            Ask.Function("getCurrentWeather", """{"city":{"type":"string"},"unit":{"type":"string","enum":["CELSIUS","fahrenheit"]}}""", "city"),
            Ask.Function("turn_on_the_lights", """{"room":{"type":"string"}}"""),
        };
        var own = SpokenPhrases.For([]).ToHashSet();
        var random = new Random(11);
        foreach (var phrase in SpokenPhrases.For([Weather, Lights]).Where(phrase => !own.Contains(phrase) && phrase.Contains("weather", StringComparison.Ordinal) | phrase.Contains("lights", StringComparison.Ordinal)))
        {
            for (var i = 0; i < 60; i++)
            {
                var sentence = GrammarSpeaker.Say(phrase, random);
                var outcome = await Ask.Outcome(sentence, tools);

                Assert.True(
                    outcome.StartsWith("getCurrentWeather {", StringComparison.Ordinal) || outcome.StartsWith("turn_on_the_lights {", StringComparison.Ordinal)
                    || outcome == "Which city should I use for get current weather?",
                    $"'{sentence}' is in the grammar and led to: {outcome}");
            }
        }
    }

    private static FunctionDeclaration Declare(string name, Dictionary<string, Schema> parameters, params string[] required) => new()
    {
        Name = name,
        Parameters = new Schema { Type = SchemaType.Object, Properties = parameters, Required = [.. required] },
    };

    private static Schema Of(SchemaType type) => new() { Type = type };

    private static Schema Enum(params string[] values) => new() { Type = SchemaType.String, Enum = [.. values] };
}
