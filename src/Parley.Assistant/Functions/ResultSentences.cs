using System.Text.Json;
using Parley.Assistant.Languages;
using Parley.Assistant.Rules;

namespace Parley.Assistant.Functions;

/// <summary>
/// English sentences for a function result, by the words of the function's name and the shape of the JSON: what was rolled, the time,
/// "The temperature is 21 degrees and the sky is clear.", "There are 2 reminders: …".
/// </summary>
/// <param name="name">Words of the function's name; empty if it is unknown.</param>
/// <param name="request">What the user asked for.</param>
internal sealed class ResultSentences(string[] name, Utterance request)
{
    private const int MaxDepth = 8;

    private static readonly Vocabulary Words = English.Language.Vocabulary;
    private static readonly HashSet<string> Fetches = ["get", "fetch", "find", "lookup", "look", "query", "check", "show", "tell", "read", "retrieve", "give", "list", "search", "what"];
    private static readonly HashSet<string> Sets = ["set", "change", "adjust", "update", "make", "turn", "switch", "put", "increase", "decrease", "raise", "lower", "dim"];
    private static readonly HashSet<string> Skipped = ["current", "the", "a", "an", "my", "up", "of", "for", "by", "in", "all"];
    private static readonly HashSet<string> Places = ["city", "location", "place", "town"];
    private static readonly Dictionary<string, string> Past = new(StringComparer.Ordinal)
    {
        ["roll"] = "rolled", ["throw"] = "threw", ["flip"] = "flipped", ["toss"] = "tossed", ["draw"] = "drew", ["pick"] = "picked", ["spin"] = "spun",
    };

    private readonly string _verb = name.Length > 0 && (RequestWords.IsVerb(name[0]) || Past.ContainsKey(name[0])) ? name[0] : "";
    private readonly string _noun = string.Join(' ', name.Where((word, i) => !Skipped.Contains(word) && (i > 0 || !RequestWords.IsVerb(word))));

    public string Say(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => SayText(ResultValues.Text(value)),
        JsonValueKind.Number => ResultValues.Sentence(IsFetch && _noun.Length > 0 ? $"the {_noun} is {Number(value, _noun.Split(' '))}" : $"the result is {ResultValues.Number(value)}"),
        JsonValueKind.True => name is ["is" or "are" or "has" or "can" or "does" or "check", ..] ? "Yes." : "Done.",
        JsonValueKind.False => name is ["is" or "are" or "has" or "can" or "does" or "check", ..] ? "No." : English.Language.Phrases.Failed,
        JsonValueKind.Array => ResultValues.Sentence(ListClause(value, _noun, 0)),
        JsonValueKind.Object => SayObject(value),
        _ => "",
    };

    private bool IsFetch => Fetches.Contains(_verb) || _verb.Length == 0;

    private string SayText(string text)
    {
        if (ResultValues.TimeIn(JsonSerializer.SerializeToElement(text, Microsoft.Extensions.AI.AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(string)))) is { } time && (_noun.Length == 0 || name.Contains("time")))
            return $"It is {time}.";
        var spoken = ResultValues.Spoken(text);
        if (Past.TryGetValue(_verb, out var past) && !spoken.Contains(' ', StringComparison.Ordinal))
            return $"You {past} {spoken.TrimEnd('.')}.";
        return IsFetch && _noun.Length > 0 && !spoken.TrimEnd('.').Contains(' ', StringComparison.Ordinal) && spoken.TrimEnd('.') is [var first, ..] && char.IsLetterOrDigit(first)
            ? ResultValues.Sentence($"the {_noun} is {spoken}")
            : ResultValues.Sentence(spoken);
    }

    private string SayObject(JsonElement value)
    {
        var members = value.EnumerateObject().Where(member => !ResultSpeech.IsConfirmation(member)).Take(ResultValues.MaxItems).ToList();
        if (SayTime(value, members) is { } time)
            return time;
        if (ResultValues.MessageIn(value) is { } message && message.Contains(' ', StringComparison.Ordinal))
            return ResultValues.Sentence(message);
        if (Past.TryGetValue(_verb, out var past) && SayRolled(members, past) is { } rolled)
            return rolled;
        var place = members.Find(member => Places.Contains(member.Name.ToLowerInvariant()) && member.Value.ValueKind == JsonValueKind.String);
        if (members.Count > 1 && place.Value.ValueKind == JsonValueKind.String && members.Remove(place))
            return ResultValues.Sentence($"in {ResultValues.Text(place.Value)}, {Clauses(members)}");
        return ResultValues.Sentence(Clauses(members));
    }

    private string Clauses(List<JsonProperty> members)
    {
        var clauses = Flatten(members, [], 0).Where(clause => clause.Length > 0).ToList();
        // "The page colour is now green": what was set is what is said.
        if (clauses.Count == 1 && Sets.Contains(_verb) && members.Count == 1 && clauses[0] is var only)
        {
            var (subject, rest) = only.IndexOf(" is ", StringComparison.Ordinal) is var at and > 0 ? (only[..at], only[(at + 4)..]) : ("", "");
            if (subject is "it" or "that" && _noun.Length > 0)
                return $"the {_noun} is now {rest}";
            if (subject.StartsWith("the ", StringComparison.Ordinal))
                return _noun.EndsWith(subject[4..], StringComparison.Ordinal) ? $"the {_noun} is now {rest}" : $"{subject} is now {rest}";
        }
        return Words.List(clauses);
    }

    private static IEnumerable<string> Flatten(IReadOnlyList<JsonProperty> members, string[] path, int depth)
    {
        if (depth > MaxDepth)
            yield break;
        var unit = members.FirstOrDefault(member => member.Name.ToLowerInvariant() is "unit" or "units" or "currency" && member.Value.ValueKind == JsonValueKind.String);
        var spokenUnit = unit.Value.ValueKind == JsonValueKind.String ? ResultValues.UnitOf(ResultValues.Text(unit.Value)) ?? ResultValues.Text(unit.Value) : null;
        var numbers = members.Count(member => member.Value.ValueKind == JsonValueKind.Number);
        foreach (var member in members)
        {
            if (spokenUnit is not null && numbers > 0 && member.Name == unit.Name)
                continue;
            string[] words = [.. path, .. FunctionShape.SplitName(member.Name)];
            var measured = spokenUnit is not null && member.Value.ValueKind == JsonValueKind.Number
                && (numbers == 1 || words.Any(word => word is "price" or "amount" or "total" or "cost" or "temperature" or "value" or "balance"));
            if (measured)
            {
                yield return Is(words is ["value"] or ["amount"] ? [] : words, ResultValues.WithUnit(ResultValues.Number(member.Value), spokenUnit!));
            }
            else if (member.Value.ValueKind == JsonValueKind.Object)
            {
                foreach (var clause in Flatten([.. member.Value.EnumerateObject().Where(inner => !ResultSpeech.IsConfirmation(inner)).Take(ResultValues.MaxItems)], words, depth + 1))
                    yield return clause;
            }
            else
            {
                yield return Clause(words, member.Value, depth);
            }
        }
    }

    private static string Clause(string[] words, JsonElement value, int depth) => value.ValueKind switch
    {
        JsonValueKind.String when ResultValues.Text(value) is { Length: > 0 } text => Is(words, ResultValues.Spoken(text).TrimEnd('.')),
        JsonValueKind.Number => Measure(words, value),
        JsonValueKind.True or JsonValueKind.False => Truth(words, value.ValueKind == JsonValueKind.True),
        JsonValueKind.Array => ListClause(value, string.Join(' ', words), depth + 1),
        _ => "",
    };

    // A unit is said after its number: "the wind speed is 30 kilometers per hour".
    private static string Measure(string[] words, JsonElement value)
    {
        var number = ResultValues.Number(value);
        if (ResultValues.UnitAtEnd(words) is { } unit)
            return Is(words[..^1], ResultValues.WithUnit(number, unit));
        var thing = string.Join(' ', words);
        return words is [.., var last] && IsPlural(last) && value.TryGetInt64(out var count)
            ? count == 1 ? $"there is 1 {Singular(thing)}" : $"there are {(count == 0 ? "no" : number)} {thing}"
            : Is(words, number);
    }

    private static string Number(JsonElement value, string[] words) =>
        ResultValues.UnitAtEnd(words) is { } unit ? ResultValues.WithUnit(ResultValues.Number(value), unit) : ResultValues.Number(value);

    private static string Truth(string[] words, bool value) => words switch
    {
        ["is" or "are", .. var rest] when rest.Length > 0 => $"it is {(value ? "" : "not ")}{string.Join(' ', rest)}",
        ["has" or "have", .. var rest] when rest.Length > 0 => $"it has {(value ? "" : "no ")}{string.Join(' ', rest)}",
        [var state] => $"it is {(value ? "" : "not ")}{state}",
        [.. var subject, "on" or "open" or "closed" or "locked" or "available" or "enabled" or "active" or "ready"] => $"the {string.Join(' ', subject)} {(IsPlural(subject[^1]) ? "are" : "is")} {(value ? "" : "not ")}{words[^1]}",
        _ => $"the answer for {string.Join(' ', words)} is {(value ? "yes" : "no")}",
    };

    private static string Is(string[] words, string value)
    {
        var subject = Subject(words);
        return subject.Length == 0 ? $"it is {value}" : $"the {subject} {(IsPlural(words[^1]) ? "are" : "is")} {value}";
    }

    // "wind speed max" is the maximum wind speed.
    private static string Subject(string[] words)
    {
        var spoken = words.Select(word => word switch
        {
            "max" => "maximum", "min" => "minimum", "avg" => "average", "temp" => "temperature", "qty" => "quantity", "num" => "number", "id" => "ID", "url" => "link", _ => word,
        }).ToArray();
        var first = Array.FindIndex(spoken, word => word is "maximum" or "minimum" or "average" or "total");
        return first <= 0 ? string.Join(' ', spoken) : string.Join(' ', spoken.Where((_, i) => i != first).Prepend(spoken[first]));
    }

    private static string ListClause(JsonElement array, string thing, int depth)
    {
        var items = array.EnumerateArray().Take(ResultValues.MaxItems).ToArray();
        var count = array.GetArrayLength();
        var isNamed = thing.Split(' ') is [.., var last] && IsPlural(last);
        var things = isNamed ? thing : "results";
        if (count == 0)
            return $"there are no {things}";
        if (depth > MaxDepth)
            return $"there are {count} {things}";
        if (items.Any(item => item.ValueKind is JsonValueKind.Object or JsonValueKind.Array))
        {
            var said = items.Take(5).Select(ItemInList.Describe).Where(text => text.Length > 0).ToList();
            var more = count > 5 ? $"; and {count - 5} more" : "";
            return (count == 1 ? $"there is 1 {Singular(things)}: " : $"there are {count} {things}: ") + string.Join("; ", said) + more;
        }
        var values = Words.List([.. items.Select(item => item.ValueKind == JsonValueKind.String ? ResultValues.Spoken(ResultValues.Text(item)) : ResultValues.List(item, Words))]);
        return thing.Length == 0 ? values : count == 1 && isNamed ? $"the {Singular(thing)} is {values}" : $"the {thing} {(isNamed || count > 1 ? "are" : "is")} {values}";
    }

    // "You rolled a 4 and a 2, 6 in total."
    private static string? SayRolled(List<JsonProperty> members, string past)
    {
        var list = members.Find(member => member.Value.ValueKind == JsonValueKind.Array && member.Value.GetArrayLength() > 0
            && member.Value.EnumerateArray().All(item => item.ValueKind is JsonValueKind.Number or JsonValueKind.String));
        var total = members.Find(member => member.Name.ToLowerInvariant() is "total" or "sum" && member.Value.ValueKind == JsonValueKind.Number);
        var single = members.Find(member => member.Value.ValueKind is JsonValueKind.Number || (member.Value.ValueKind is JsonValueKind.String && members.Count == 1));
        if (list.Value.ValueKind == JsonValueKind.Array)
        {
            var items = list.Value.EnumerateArray().Take(ResultValues.MaxItems).Select(Item).ToArray();
            return items.Length > 1 && total.Value.ValueKind == JsonValueKind.Number
                ? $"You {past} {Words.List(items)}, {ResultValues.Number(total.Value)} in total."
                : $"You {past} {Words.List(items)}.";
        }
        var names = single.Value.ValueKind == JsonValueKind.Undefined ? [] : FunctionShape.SplitName(single.Name);
        var isOutcome = names is [.., "value" or "result" or "roll" or "number" or "face" or "side" or "total" or "outcome" or "card" or "coin"];
        return isOutcome && members.Count <= 2 && single.Value.ValueKind is JsonValueKind.Number or JsonValueKind.String ? $"You {past} {Item(single.Value)}." : null;
    }

    private static string Item(JsonElement item) =>
        item.ValueKind == JsonValueKind.String ? ResultValues.Text(item)
        : ResultValues.Number(item) is var number && (number.StartsWith('8') || number is "11" or "18") ? $"an {number}" : $"a {number}";

    private string? SayTime(JsonElement value, List<JsonProperty> members)
    {
        if (ResultValues.TimeIn(value) is not { } time || !(name.Length == 0 || name.Contains("time") || name.Contains("now") || name.Contains("clock") || name.Contains("date")))
            return null;
        string? Of(params string[] names) => members.Where(member => names.Contains(member.Name.ToLowerInvariant()) && member.Value.ValueKind == JsonValueKind.String)
            .Select(member => ResultValues.Text(member.Value)).FirstOrDefault();
        if (Of("zone", "timezone", "time_zone") is { } zone && request.HasAny(["zone", "time zone", "timezone"]))
            return $"The time zone is {zone}.";
        var place = Of("city", "location", "place") is { } city ? $" in {city}" : "";
        var date = Of("date", "day", "weekday") is { } day ? ResultValues.Spoken(day) : null;
        var wantsDate = request.HasAny(["date", "day", "month", "year", "today"]) || (!name.Contains("time") && name.Contains("date"));
        return date is null ? $"It is {time}{place}." : wantsDate ? $"It is {date}." : $"It is {time}{place}.";
    }

    private static bool IsPlural(string word) =>
        word.Length > 3 && word[^1] == 's' && word[^2] is not ('s' or 'u' or 'i') && ResultValues.UnitOf(word) is null && word is not ("address" or "news" or "gps" or "hours");

    private static string Singular(string things) =>
        things.EndsWith("ies", StringComparison.Ordinal) ? things[..^3] + "y"
        : things.EndsWith("ches", StringComparison.Ordinal) || things.EndsWith("sses", StringComparison.Ordinal) || things.EndsWith("xes", StringComparison.Ordinal) ? things[..^2]
        : things.EndsWith('s') ? things[..^1]
        : things;
}

/// <summary>One object of a list in a few words: its name first, then at most three other values.</summary>
internal static class ItemInList
{
    private static readonly string[] Names = ["name", "title", "label", "subject", "task", "text", "item", "product", "summary", "city", "description", "message"];

    public static string Describe(JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object)
            return ResultValues.List(item, English.Language.Vocabulary);
        var members = item.EnumerateObject().Where(member => !ResultSpeech.IsConfirmation(member)).ToList();
        var head = Names.Select(name => members.Find(member => member.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && member.Value.ValueKind == JsonValueKind.String))
            .FirstOrDefault(member => member.Value.ValueKind == JsonValueKind.String);
        var parts = new List<string>();
        if (head.Value.ValueKind == JsonValueKind.String)
            parts.Add(ResultValues.Text(head.Value));
        foreach (var member in members.Where(member => !(head.Value.ValueKind == JsonValueKind.String && member.Name == head.Name)))
        {
            var words = FunctionShape.SplitName(member.Name);
            var link = member.Value.ValueKind == JsonValueKind.String && ResultValues.Text(member.Value).StartsWith("http", StringComparison.Ordinal);
            if (parts.Count > 0 && (link || words is [.., "id"] or ["uuid"]))
                continue;
            if (parts.Count > 3)
                break;
            parts.Add(Describe(words, member.Value));
        }
        return string.Join(", ", parts.Where(part => part.Length > 0));
    }

    private static string Describe(string[] words, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when ResultValues.UnitAtEnd(words) is { } unit =>
            $"{string.Join(' ', words[..^1])} {ResultValues.WithUnit(ResultValues.Number(value), unit)}".TrimStart(),
        JsonValueKind.True => string.Join(' ', words),
        JsonValueKind.False => $"not {string.Join(' ', words)}",
        JsonValueKind.String when words is ["time" or "at" or "date" or "when" or "due" or "start"] => ResultValues.Spoken(ResultValues.Text(value)),
        JsonValueKind.String => $"{string.Join(' ', words)} {ResultValues.Spoken(ResultValues.Text(value))}",
        _ => ResultValues.List(value, English.Language.Vocabulary, $"{string.Join(' ', words)} "),
    };
}
