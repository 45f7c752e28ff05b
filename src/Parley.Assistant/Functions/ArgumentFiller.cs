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
        filler.FillNamed(match.Function.Parameters);
        filler.FillByKind(match.Function.Parameters);
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

    private void FillNamed(IReadOnlyList<ParameterShape> parameters)
    {
        foreach (var parameter in parameters)
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
            if (!_filled.ContainsKey(parameter.Name) && (parameter.Required || parameter.EnumValues.Count > 0 || parameter.IsDate || parameter.IsTime))
                Set(parameter, _values.Take(parameter, from: 0));
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
        else if (open is [{ EnumValues.Count: 0, IsDate: false, IsTime: false } single])
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
