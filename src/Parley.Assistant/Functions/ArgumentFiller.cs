using System.Globalization;
using System.Text.RegularExpressions;
using Parley.Assistant.Rules;

namespace Parley.Assistant.Functions;

/// <summary>
/// Fills the parameters of a function from a request. Each value is used once: first values next to a parameter's name, then values that
/// fit only one kind of parameter, then the remaining text for a single required text parameter.
/// </summary>
internal sealed class ArgumentFiller
{
    private static readonly HashSet<string> ProperNames =
    [
        "city", "location", "place", "country", "name", "person", "town", "street", "destination", "origin", "artist", "contact",
        "recipient", "station", "airport", "user", "language",
    ];

    private static readonly (string[] Prepositions, HashSet<string> Parameters)[] Roles =
    [
        (["to"], ["recipient", "to", "contact", "destination", "person", "receiver", "address", "arrival", "who", "language", "list", "target"]),
        (["from"], ["origin", "from", "source", "sender", "departure"]),
        (["in", "at"], ["city", "location", "place", "room", "area", "country", "restaurant", "where", "region", "venue"]),
        (["by"], ["artist", "author", "band", "singer"]),
        (["saying", "that", "about"], ["text", "message", "body", "content", "subject", "topic", "note"]),
        (["for"], ["query", "customer", "dish", "cuisine"]),
        (["with"], ["attendee", "attendees", "participant", "guest", "topping", "toppings"]),
        (["called", "named"], ["name", "title", "label", "playlist"]),
    ];

    private readonly RequestValues _values;
    private readonly Dictionary<string, object?> _filled = new(StringComparer.Ordinal);
    private readonly bool _isLowerCase;

    private ArgumentFiller(Utterance request, IReadOnlySet<int> nameWords, DateTimeOffset now)
    {
        _values = new RequestValues(request, nameWords, now);
        _isLowerCase = IsLowerCase(request);
    }

    /// <summary>Returns the arguments found. A missing required parameter was not said.</summary>
    public static Dictionary<string, object?> Fill(FunctionMatch match, Utterance request, DateTimeOffset now)
    {
        var filler = new ArgumentFiller(request, match.NameWords, now);
        filler.FillQuantities(match.Function.Parameters);
        filler.FillNamed(match.Function.Parameters);
        filler.FillCounts(match.Function.Parameters);
        filler.FillByKind(match.Function.Parameters);
        filler.FillRoles(match.Function.Parameters);
        filler.FillRest(match.Function.Parameters);
        return filler._filled;
    }

    /// <summary>Takes a reply to our question for a parameter as its value.</summary>
    public static object? FillOne(ParameterShape parameter, Utterance reply, DateTimeOffset now)
    {
        var values = new RequestValues(reply, new HashSet<int>(), now);
        var value = values.Take(parameter, from: 0) ?? (parameter.IsFreeText ? values.TakeRest() : null);
        return AsName(parameter, value, IsLowerCase(reply));
    }

    // "Ten minutes", "21 degrees", "for four people": the unit says which parameter is meant, unless two share it.
    private void FillQuantities(IReadOnlyList<ParameterShape> parameters)
    {
        foreach (var parameter in parameters)
        {
            if (parameter.IsSwitch)
                Set(parameter, _values.Take(parameter, from: 0));
            else if (parameter.IsDuration)
                Set(parameter, _values.TakeDuration());
            else if (parameter.Unit is { } unit && parameters.Count(other => other.Unit == unit) == 1)
                Set(parameter, _values.TakeQuantity(parameter, unit));
        }
    }

    // "Roll two dice": a number before the thing counts it, even if the parameter is optional.
    private void FillCounts(IReadOnlyList<ParameterShape> parameters)
    {
        var count = parameters.FirstOrDefault(parameter => parameter.IsCount)
            ?? (parameters.Where(parameter => parameter.IsNumber && parameter.Unit is null).ToArray() is [var only] ? only : null);
        if (count is not null && !_filled.ContainsKey(count.Name))
            Set(count, _values.TakeCount(count));
    }

    // "Send a message to Anna saying I am late": the preposition says which of several texts is meant.
    private void FillRoles(IReadOnlyList<ParameterShape> parameters)
    {
        foreach (var parameter in parameters.Where(parameter => parameter.IsFreeText && !_filled.ContainsKey(parameter.Name)))
            Set(parameter, parameter.NameWords.Any(Rooms.Names.Contains) ? _values.TakeRoom() : null);
        var open = parameters.Where(parameter => parameter.IsFreeText && !_filled.ContainsKey(parameter.Name)).ToArray();
        if (open.Length < 2)
            return;
        foreach (var parameter in open)
        {
            var prepositions = Roles.Where(role => parameter.NameWords.Any(role.Parameters.Contains)).SelectMany(role => role.Prepositions).ToArray();
            if (prepositions.Length > 0)
                Set(parameter, _values.TakeAfter(prepositions, word => Roles.Any(role => role.Prepositions.Contains(word))));
        }
    }

    private void FillNamed(IReadOnlyList<ParameterShape> parameters)
    {
        foreach (var parameter in parameters.Where(parameter => !_filled.ContainsKey(parameter.Name)))
        {
            var after = _values.AfterName(parameter);
            if (after >= 0)
                Set(parameter, _values.Take(parameter, after, near: true) ?? _values.TakeNamedText(parameter, after, parameters));
        }
    }

    private void FillByKind(IReadOnlyList<ParameterShape> parameters)
    {
        // Optional numbers and booleans must be named: "lights in room 4" sets no brightness.
        foreach (var parameter in parameters.OrderByDescending(parameter => parameter.Required))
        {
            if (!_filled.ContainsKey(parameter.Name)
                && (parameter.Required || parameter.EnumValues.Count > 0 || parameter.IsDate || parameter.IsTime || parameter.IsDateTime || parameter.IsColour))
            {
                Set(parameter, _values.Take(parameter, from: 0));
            }
        }
    }

    private void FillRest(IReadOnlyList<ParameterShape> parameters)
    {
        var open = parameters.Where(parameter => parameter.Required && !_filled.ContainsKey(parameter.Name)).ToArray();
        var optional = parameters
            .Where(parameter => !parameter.Required && parameter.IsFreeText && !_filled.ContainsKey(parameter.Name)).ToArray();
        if (open.Length == 0 && optional is [var only])
        {
            // "The weather in Oslo" means the city even if the declaration does not require one.
            Set(only, _values.TakeRest(onlyAfterPreposition: true));
        }
        else if (open is [{ EnumValues.Count: 0, IsDate: false, IsTime: false, IsDateTime: false } single])
        {
            var rest = single.Type is "string" or "array" ? _values.TakeRest() : null;
            Set(single, rest is not null && single.Type == "array" ? SplitList(rest) : rest);
        }
    }

    private void Set(ParameterShape parameter, object? value)
    {
        if (value is not null)
            _filled[parameter.Name] = AsName(parameter, value, _isLowerCase);
    }

    // A recognizer writes "new york"; a function with a city parameter expects "New York".
    private static object? AsName(ParameterShape parameter, object? value, bool isLowerCase) =>
        isLowerCase && value is string text && parameter.IsFreeText && parameter.NameWords.Any(ProperNames.Contains)
            ? CultureInfo.InvariantCulture.TextInfo.ToTitleCase(text)
            : value;

    // Recognizers with capitals capitalize at least the first letter and the word "I", so those do not count.
    private static bool IsLowerCase(Utterance request) =>
        !request.Words.Skip(1).Any(word => char.IsUpper(request.Text[word.Start]) && word.Lower is not "i" && !word.Lower.StartsWith("i'", StringComparison.Ordinal));

    private static string[] SplitList(string text) =>
        [.. Regex.Split(text, @"\s*,\s*(?:and\s+)?|\s+and\s+").Where(item => item.Length > 0)];
}
