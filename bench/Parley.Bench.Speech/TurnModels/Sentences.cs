namespace Parley.Bench.Speech.TurnModels;

/// <summary>
/// Sentences to train turn detection with, made of patterns and words by a seed. None is a sentence of the labelled set. Bars are places
/// where a speaker may hesitate; a sentence after "?:" answers a question.
/// </summary>
internal static class Sentences
{
    private static readonly string[] Patterns =
    [
        "could you | please {verb} the {thing} | in the | {room}", "{verb} the | {thing}", "{verb} the {thing} in the | {room} | at {number}",
        "i need | a {kind} {food} | and a | {drink}", "i want to | {act}", "i think | we should | {act} | {time}", "my {relative} | lives in | {place}",
        "remind me to | {act} | {time}", "wake me up | at {number}", "how do i | {act}", "how far is | {place} from | {place}", "who is | {person}",
        "where can i | {act} | {time}", "why is the {thing} | so | {quality}", "do you know | a good {food} | in {place}", "is it | {quality} | {time}",
        "send a message to | {person} | that i am | {quality}", "play something | by {person}", "put {food} | on my | shopping list",
        "the {thing} | is | {quality}", "it was | very {quality} | {time}", "can we | {act} | {time}", "book a table for | {number} | at {number}",
        "add {number} | and {number}", "what does a | {kind} {food} | cost in {place}", "my name is | {person}", "this is | my {relative}",
        "we have been | waiting for | {number} minutes", "i would rather | {act} | than {act}", "if it is {quality} | we can | {act}",
        "because the {thing} | was {quality}", "when i was in {place} | i met | {person}", "first {verb} the {thing} | and then | {act}",
        "the number is | {number} {number} | {number} {number} {number} | {number}", "it costs | {number} hundred | and {number} dollars",
        "?: the {kind} one", "?: at {number}", "?: in {place}", "?: {number}", "?: {person}", "?: not {time}", "?: to {place} | please", "?: a {food}",
        "never mind", "that is all", "go ahead", "not now", "let me think", "i am not sure", "sounds good", "that was | {quality}", "look at | the {thing}",
    ];

    private static readonly Dictionary<string, string[]> Words = new(StringComparer.Ordinal)
    {
        ["verb"] = ["open", "close", "check", "clean", "start", "stop", "move", "find", "show me", "describe"],
        ["thing"] = ["window", "heater", "door", "radio", "camera", "garage", "fan", "oven", "alarm", "curtain", "picture"],
        ["room"] = ["office", "garden", "hall", "cellar", "attic", "nursery"],
        ["kind"] = ["small", "large", "green", "fresh", "cheap", "second", "other"],
        ["food"] = ["pizza", "salad", "sandwich", "soup", "cake", "apple", "restaurant"],
        ["drink"] = ["coffee", "glass of milk", "cup of tea", "lemonade"],
        ["act"] = ["buy some bread", "call the dentist", "feed the cat", "go to the cinema", "learn to swim", "read the news", "take a walk", "write to my boss", "get there by train"],
        ["time"] = ["tomorrow", "on monday", "this evening", "after lunch", "next week", "in the morning", "today"],
        ["relative"] = ["sister", "father", "cousin", "daughter", "neighbour"],
        ["place"] = ["berlin", "london", "madrid", "boston", "vienna", "the city", "japan"],
        ["person"] = ["david", "anna", "doctor miller", "julia", "the teacher", "peter"],
        ["quality"] = ["late", "cold", "broken", "expensive", "loud", "beautiful", "too slow", "wonderful"],
        ["number"] = ["two", "four", "five", "eight", "nine", "eleven", "twenty", "sixty"],
    };

    /// <summary>Sentences with their bars. The patterns of the held-out part are others.</summary>
    internal static IReadOnlyList<string> Make(int count, int seed, bool heldOut)
    {
        var random = new Random(seed);
        var patterns = Patterns.Where((_, i) => i % 4 == 3 == heldOut).ToArray();
        return [.. Enumerable.Range(0, count).Select(i => Fill(patterns[i % patterns.Length], random))];
    }

    private static string Fill(string pattern, Random random)
    {
        while (pattern.IndexOf('{', StringComparison.Ordinal) is var open and >= 0)
        {
            var close = pattern.IndexOf('}', open);
            var choices = Words[pattern[(open + 1)..close]];
            pattern = $"{pattern[..open]}{choices[random.Next(choices.Length)]}{pattern[(close + 1)..]}";
        }
        return pattern;
    }
}
