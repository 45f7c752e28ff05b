using Microsoft.Extensions.AI;
using Parley.Assistant.Grammar;
using Parley.Protocol;

namespace Parley.Assistant.Tests.Grammar;

public sealed class SpokenPhrasesTests
{
    private static readonly FunctionDeclaration Weather = Declare(
        "getCurrentWeather", new() { ["city"] = Of(SchemaType.String), ["unit"] = Enum("CELSIUS", "fahrenheit") }, "city");
    private static readonly FunctionDeclaration Lights = Declare("turn_on_the_lights", new() { ["room"] = Of(SchemaType.String) });
    private static readonly FunctionDeclaration Scene = Declare("set_scene2", new() { ["scene_name"] = Enum("movieNight", "level_12", "日本"), ["brightness"] = Of(SchemaType.Integer) }, "scene_name", "brightness");
    private static readonly FunctionDeclaration Odd = Declare("über_große_función", new() { ["x"] = Of(SchemaType.String) });

    [Fact]
    public void Phrases_contain_only_plain_words_and_operators()
    {
        foreach (var phrase in Phrases([Weather, Lights, Scene, Odd, new FunctionDeclaration()]))
        {
            Assert.Matches(@"^[a-z' \[\]()|]+$", phrase);
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
    public void Only_English_sessions_get_phrases()
    {
        Assert.Empty(Phrases([Weather], "de-DE"));
        Assert.Equal(Phrases([Weather]), Phrases([Weather], "en-GB"));
    }

    [Fact]
    public async Task The_assistant_understands_every_phrase()
    {
        var random = new Random(7);
        foreach (var phrase in Phrases([]))
        {
            for (var i = 0; i < 20; i++)
            {
                var sentence = GrammarSampler.Say(phrase, random);
                var answer = await Ask.Text(Ask.User("hello"), Ask.Assistant("Hello."), Ask.User(sentence));

                Assert.False(
                    answer.StartsWith("I heard '", StringComparison.Ordinal), $"'{sentence}' is in the grammar, but not understood");
            }
        }
    }

    [Fact]
    public async Task Every_function_phrase_leads_to_a_call_or_a_question()
    {
        var tools = new[]
        {
            Ask.Function(
                "getCurrentWeather", """{"city":{"type":"string"},"unit":{"type":"string","enum":["CELSIUS","fahrenheit"]}}""", "city"),
            Ask.Function("turn_on_the_lights", """{"room":{"type":"string"}}"""),
        };
        var own = Phrases([]).ToHashSet();
        var random = new Random(11);
        foreach (var phrase in Phrases([Weather, Lights]).Where(phrase => !own.Contains(phrase) && (phrase.Contains("weather", StringComparison.Ordinal) || phrase.Contains("lights", StringComparison.Ordinal))))
        {
            for (var i = 0; i < 20; i++)
            {
                var sentence = GrammarSampler.Say(phrase, random);
                var outcome = await Ask.Outcome(sentence, tools);

                Assert.True(
                    outcome.StartsWith("getCurrentWeather {", StringComparison.Ordinal) || outcome.StartsWith(
                        "turn_on_the_lights {", StringComparison.Ordinal)
                    || outcome == "Which city should I use for get current weather?",
                    $"'{sentence}' is in the grammar and led to: {outcome}");
            }
        }
    }

    [Fact]
    public void Another_chat_model_gets_only_function_phrases()
    {
        using var other = new OtherChatModel();

        Assert.Empty(new SpokenPhrases(other).PhrasesFor([], "en-US"));
        Assert.NotEmpty(new SpokenPhrases(other).PhrasesFor([Weather], "en-US"));
    }

    [Fact]
    public void Many_functions_stay_within_the_limit_of_the_recognizer()
    {
        var many = Enumerable.Range(0, 64).Select(
            i => Declare($"get_thing{i}", new() { ["city"] = Of(SchemaType.String), ["count"] = Of(SchemaType.Integer) })).ToArray();

        Assert.InRange(Phrases(many).Sum(phrase => phrase.Split([' ', '(', ')', '[', ']', '|'], StringSplitOptions.RemoveEmptyEntries).Length), 1_000, 4_800);
    }

    private static IReadOnlyList<string> Phrases(FunctionDeclaration[] functions, string? language = null)
    {
        using var assistant = new RuleBasedChatClient();
        return new SpokenPhrases(assistant).PhrasesFor(functions, language);
    }

    private static FunctionDeclaration Declare(string name, Dictionary<string, Schema> parameters, params string[] required) => new()
    {
        Name = name,
        Parameters = new Schema { Type = SchemaType.Object, Properties = parameters, Required = [.. required] },
    };

    private static Schema Of(SchemaType type) => new() { Type = type };

    private static Schema Enum(params string[] values) => new() { Type = SchemaType.String, Enum = [.. values] };

    private sealed class OtherChatModel : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
