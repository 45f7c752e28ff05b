using Microsoft.Extensions.DependencyInjection;
using Parley.Assistant;
using Parley.Cascade;
using Parley.Protocol;
using Parley.Server;

namespace Parley.Bench.Speech.Corpora;

/// <summary>Requests to a small assistant and its function declarations, with the grammar that the server derives from them.</summary>
internal static class Requests
{
    internal static IReadOnlyList<string> Sentences =>
    [
        "what is the weather in oslo", "what time is it", "turn on the lights in the kitchen", "set the volume to forty five", "tell me a joke",
        "what is seven times six", "call the function get weather with city new york", "can you hear me", "count from three to seven",
        "switch off the lights", "what is twenty one plus nine", "show me the weather in tokyo", "say that again please", "what day is it today",
        "good morning", "call the function set volume with percent ten", "turn on the lights in the bedroom", "thank you", "how are you", "what can you do",
    ];

    /// <summary>Sentences outside the grammar; every grammar match on them is a false match.</summary>
    internal static IReadOnlyList<string> OtherSentences =>
    [
        "the birch canoe slid on the smooth planks", "glue the sheet to the dark blue background", "these days a chicken leg is a rare dish",
        "rice is often served in round bowls", "the box was thrown beside the parked truck", "four hours of steady work faced us",
        "a large size in stockings is hard to sell", "the boy was there when the sun rose", "we talked about the house for a long time", "the train leaves from the other side",
    ];

    /// <summary>Sentences of a conversation with words of the phrases in them, which ask for nothing.</summary>
    internal static IReadOnlyList<string> NearSentences =>
    [
        "i told him a joke yesterday and nobody laughed", "she made the cake green for the party", "he turned left at the lights and drove home",
        "my sister had a long talk with her teacher", "the weather was nice when we were in london", "i rolled the dough and put it in the oven",
        "please send the report to the whole team", "the page was torn out of the book", "twenty people came to dinner last night",
        "my brother counts on you to help him", "it takes about two hours to get there", "what a lovely garden you have", "it was time to go back to work",
        "that is not what i meant to say", "who knows what they wanted from us", "i need to buy milk and bread", "we played music all night long",
        "you can see the mountains from here", "the kids want to go to the beach", "the price of oil went up again",
    ];

    internal static IReadOnlyList<FunctionDeclaration> Functions =>
    [
        Declare("get_weather", ("city", SchemaType.String)), Declare("turn_on_the_lights", ("room", SchemaType.String)),
        Declare("turn_off_the_lights", ("room", SchemaType.String)), Declare("set_volume", ("percent", SchemaType.Integer)),
    ];

    internal static IReadOnlyList<string> Phrases()
    {
        using var services = new ServiceCollection().AddLiveApi().AddChatModel().Services.BuildServiceProvider();
        return services.GetRequiredService<ISpokenPhrases>().PhrasesFor(Functions, "en-US");
    }

    private static FunctionDeclaration Declare(string name, (string Name, SchemaType Type) parameter) => new()
    {
        Name = name,
        Parameters = new Schema { Type = SchemaType.Object, Properties = new Dictionary<string, Schema> { [parameter.Name] = new() { Type = parameter.Type } }, Required = [parameter.Name] },
    };
}
