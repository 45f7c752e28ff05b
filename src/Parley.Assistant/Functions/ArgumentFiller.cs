using System.Globalization;
using System.Text.RegularExpressions;
using Parley.Assistant.Rules;

namespace Parley.Assistant.Functions;

/// <summary>
/// Fills a function's parameters from a request. Each value is used once: what is said beside the parameter's name
/// first, then values that can only be meant for one kind of parameter, then what is left for a single required text.
/// </summary>
internal sealed class ArgumentFiller
{
    private static readonly HashSet<string> ProperNames =
    [
        "city", "location", "place", "country", "name", "person", "town", "street", "destination", "origin", "artist", "contact",
        "recipient", "station", "airport", "user", "language",
    ];

    private readonly RequestValues values;
    private readonly Dictionary<string, object?> filled = new(StringComparer.Ordinal);
    private readonly bool isLowerCase;

    private ArgumentFiller(Utterance request, IReadOnlySet<int> nameWords, DateTimeOffset now)
    {
        values = new RequestValues(request, nameWords, now);
        isLowerCase = IsLowerCase(request);
    }

    /// <summary>The arguments found; a required parameter that is not among them was not said.</summary>
    public static Dictionary<string, object?> Fill(FunctionMatch match, Utterance request, DateTimeOffset now)
    {
        var filler = new ArgumentFiller(request, match.NameWords, now);
        filler.FillNamed(match.Function.Parameters);
        filler.FillByKind(match.Function.Parameters);
        filler.FillRest(match.Function.Parameters);
        return filler.filled;
    }

    /// <summary>Takes a whole reply as the value of one parameter, as after the question for it.</summary>
    public static object? FillOne(ParameterShape parameter, Utterance reply, DateTimeOffset now)
    {
        var values = new RequestValues(reply, new HashSet<int>(), now);
        var value = values.Take(parameter, from: 0) ?? (parameter.IsFreeText ? values.TakeRest() : null);
        return AsName(parameter, value, IsLowerCase(reply));
    }

    private void FillNamed(IReadOnlyList<ParameterShape> parameters)
    {
        foreach (var parameter in parameters)
        {
            var after = values.AfterName(parameter);
            if (after >= 0)
            {
                Set(parameter, values.Take(parameter, after, near: true) ?? values.TakeNamedText(parameter, after, parameters));
            }
        }
    }

    private void FillByKind(IReadOnlyList<ParameterShape> parameters)
    {
        // Optional numbers and switches are only meant when they are named: "lights in room 4" sets no brightness.
        foreach (var parameter in parameters.OrderByDescending(parameter => parameter.Required))
        {
            if (!filled.ContainsKey(parameter.Name) && (parameter.Required || parameter.EnumValues.Count > 0 || parameter.IsDate || parameter.IsTime))
            {
                Set(parameter, values.Take(parameter, from: 0));
            }
        }
    }

    private void FillRest(IReadOnlyList<ParameterShape> parameters)
    {
        var open = parameters.Where(parameter => parameter.Required && !filled.ContainsKey(parameter.Name)).ToArray();
        var optional = parameters.Where(parameter => !parameter.Required && parameter.IsFreeText && !filled.ContainsKey(parameter.Name)).ToArray();
        if (open.Length == 0 && optional is [var wish])
        {
            // "The weather in Oslo" means the city though the declaration does not demand one.
            Set(wish, values.TakeRest(onlyAfterPreposition: true));
        }
        else if (open is [{ EnumValues.Count: 0, IsDate: false, IsTime: false } single])
        {
            var rest = single.Type is "string" or "array" ? values.TakeRest() : null;
            Set(single, rest is not null && single.Type == "array" ? SplitList(rest) : rest);
        }
    }

    private void Set(ParameterShape parameter, object? value)
    {
        if (value is not null)
        {
            filled[parameter.Name] = AsName(parameter, value, isLowerCase);
        }
    }

    // A recognizer writes "new york"; a function that wants a city is better served with "New York".
    private static object? AsName(ParameterShape parameter, object? value, bool isLowerCase) =>
        isLowerCase && value is string text && parameter.IsFreeText && parameter.NameWords.Any(ProperNames.Contains)
            ? CultureInfo.InvariantCulture.TextInfo.ToTitleCase(text)
            : value;

    // The first letter of a sentence and the word "I" are written large by every recognizer that writes anything large.
    private static bool IsLowerCase(Utterance request) =>
        !request.Words.Skip(1).Any(word => char.IsUpper(request.Text[word.Start]) && word.Lower is not "i" && !word.Lower.StartsWith("i'", StringComparison.Ordinal));

    private static string[] SplitList(string text) =>
        [.. Regex.Split(text, @"\s*,\s*(?:and\s+)?|\s+and\s+").Where(item => item.Length > 0)];
}
