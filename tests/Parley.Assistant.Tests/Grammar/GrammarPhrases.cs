using Microsoft.Extensions.AI;
using Parley.Assistant.Grammar;
using Parley.Assistant.Languages;
using Parley.Protocol;

namespace Parley.Assistant.Tests.Grammar;

public sealed class GrammarPhrases
{
    private static readonly FunctionDeclaration Weather = Declare("getCurrentWeather", new() { ["city"] = Of(SchemaType.String), ["unit"] = Enum("CELSIUS", "fahrenheit") }, "city");
    private static readonly FunctionDeclaration Lights = Declare("turn_on_the_lights", new() { ["room"] = Of(SchemaType.String) });
    private static readonly FunctionDeclaration Scene = Declare("set_scene2", new() { ["scene_name"] = Enum("movieNight", "level_12", "日本"), ["brightness"] = Of(SchemaType.Integer) }, "scene_name", "brightness");
    private static readonly FunctionDeclaration Odd = Declare("über_große_función", new() { ["x"] = Of(SchemaType.String) });

    [Fact]
    public void Every_word_is_plain()
    {
        foreach (var phrase in Phrases([Weather, Lights, Scene, Odd, new FunctionDeclaration()]))
        {
            Assert.Matches(@"^[a-z \[\]()|]+$", phrase);
            Assert.InRange(phrase.Length, 1, 1_000);
        }
    }

    [Fact]
    public void Names_and_values_are_split_into_words_and_numbers_are_spelled()
    {
        var all = string.Join('\n', Phrases([Scene]));

        Assert.Contains("set scene two", all, StringComparison.Ordinal);
        Assert.Contains("(movie night | level twelve)", all, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_English_has_a_grammar()
    {
        Assert.Empty(Phrases([Weather], "de-DE"));
        Assert.Equal(Phrases([Weather]), Phrases([Weather], "en-GB"));
    }

    [Fact]
    public async Task Whatever_the_grammar_can_say_the_brain_understands()
    {
        var random = new Random(7);
        foreach (var phrase in Phrases([]))
        {
            for (var i = 0; i < 20; i++)
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
        var own = Phrases([]).ToHashSet();
        var random = new Random(11);
        foreach (var phrase in Phrases([Weather, Lights]).Where(phrase => !own.Contains(phrase) && (phrase.Contains("weather", StringComparison.Ordinal) || phrase.Contains("lights", StringComparison.Ordinal))))
        {
            for (var i = 0; i < 20; i++)
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

    [Fact]
    public void Questions_of_the_script_are_no_use_to_another_brain()
    {
        using var other = new OtherBrain();

        Assert.Empty(new SpokenPhrases(other).PhrasesFor([], "en-US"));
        Assert.NotEmpty(new SpokenPhrases(other).PhrasesFor([Weather], "en-US"));
    }

    [Fact]
    public void However_many_functions_there_are_the_grammar_stays_one_a_recognizer_takes()
    {
        var many = Enumerable.Range(0, 64).Select(i => Declare($"get_thing{i}", new() { ["city"] = Of(SchemaType.String), ["count"] = Of(SchemaType.Integer) })).ToArray();

        Assert.InRange(Phrases(many).Sum(phrase => phrase.Split([' ', '(', ')', '[', ']', '|'], StringSplitOptions.RemoveEmptyEntries).Length), 1_000, 4_800);
    }

    private static IReadOnlyList<string> Phrases(FunctionDeclaration[] functions, string? language = null)
    {
        using var script = new RuleBasedChatClient();
        return new SpokenPhrases(script).PhrasesFor(functions, language);
    }

    private static FunctionDeclaration Declare(string name, Dictionary<string, Schema> parameters, params string[] required) => new()
    {
        Name = name,
        Parameters = new Schema { Type = SchemaType.Object, Properties = parameters, Required = [.. required] },
    };

    private static Schema Of(SchemaType type) => new() { Type = type };

    private static Schema Enum(params string[] values) => new() { Type = SchemaType.String, Enum = [.. values] };

    private sealed class OtherBrain : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
