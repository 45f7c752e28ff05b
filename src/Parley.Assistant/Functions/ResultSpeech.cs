using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Parley.Assistant.Languages;
using Parley.Assistant.Rules;

namespace Parley.Assistant.Functions;

/// <summary>Describes a function result in a sentence: wrappers are removed, nested values flattened to "name value".</summary>
internal static class ResultSpeech
{
    /// <summary>Most characters of a spoken result; about forty seconds of speech.</summary>
    private const int MaxLength = 600;

    private const int MaxDepth = 16;

    private static readonly string[] Wrappers = ["output", "result"];
    private static readonly Dictionary<string, string> Units = new(StringComparer.Ordinal)
    {
        ["celsius"] = "degrees celsius", ["fahrenheit"] = "degrees fahrenheit", ["degrees"] = "degrees", ["percent"] = "percent",
        ["kmh"] = "kilometers per hour", ["mph"] = "miles per hour", ["km"] = "kilometers", ["kilometers"] = "kilometers",
        ["miles"] = "miles",
        ["meters"] = "meters", ["kg"] = "kilograms", ["seconds"] = "seconds", ["minutes"] = "minutes", ["hours"] = "hours",
        ["days"] = "days",
        ["euros"] = "euros", ["dollars"] = "dollars",
    };

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64 };

    public static string Describe(string functionName, FunctionResultContent content, Language language)
    {
        var name = string.Join(' ', FunctionShape.SplitName(functionName));
        var value = Unwrap(ToElement(content));
        if (ErrorOf(value, content) is { } error)
            return Format(language.Phrases.Failure, name, error);
        var words = Flatten(value, language.Vocabulary, "", 0);
        return words.Length == 0 ? Format(language.Phrases.ResultEmpty, name, "") : Format(language.Phrases.Result, name, words);
    }

    // If the call is no longer in the history, its name is unknown; the phrases are correct without it.
    private static string Format(string phrase, string name, string words) =>
        (name.Length > 0 ? phrase : phrase.Replace("{0} ", "", StringComparison.Ordinal)).With(
            name, Utterance.Abbreviate(Utterance.Clean(words), MaxLength).TrimEnd('.'));

    private static JsonElement? ToElement(FunctionResultContent content)
    {
        try
        {
            return content.Result switch
            {
                null => null,
                JsonElement element => element.ValueKind == JsonValueKind.Undefined ? null : element,
                string text when text.TrimStart() is ['{' or '[', ..] => JsonDocument.Parse(text, Options).RootElement.Clone(),
                var result => JsonSerializer.SerializeToElement(result, result.GetType(), AIJsonUtilities.DefaultOptions),
            };
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException or ArgumentException)
        {
            var text = Convert.ToString(content.Result, CultureInfo.InvariantCulture) ?? "";
            return JsonSerializer.SerializeToElement(Utterance.Clean(text), AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(string)));
        }
    }

    private static JsonElement? Unwrap(JsonElement? value)
    {
        while (value is { ValueKind: JsonValueKind.Object } element)
        {
            var members = element.EnumerateObject().Where(member => !IsScheduling(member)).ToArray();
            if (members.Length != 1 || !Wrappers.Contains(members[0].Name, StringComparer.OrdinalIgnoreCase))
                return element;
            value = members[0].Value;
        }
        return value;
    }

    // Some clients put the scheduling of an asynchronous result inside the result.
    private static bool IsScheduling(JsonProperty member) =>
        member.Name == "scheduling" && member.Value.ValueKind == JsonValueKind.String
        && member.Value.GetString() is "INTERRUPT" or "WHEN_IDLE" or "SILENT";

    private static string? ErrorOf(JsonElement? value, FunctionResultContent content)
    {
        if (content.Exception is { } exception)
            return exception.Message;
        if (value is { ValueKind: JsonValueKind.Object } element
            && element.TryGetProperty("error", out var error)
            && error.ValueKind is not (JsonValueKind.Null or JsonValueKind.False))
        {
            var message = error.ValueKind == JsonValueKind.Object && error.TryGetProperty("message", out var text) ? text : error;
            return Flatten(message, English.Language.Vocabulary, "", 0);
        }
        return null;
    }

    private static string Flatten(JsonElement? value, Vocabulary vocabulary, string path, int depth)
    {
        if (value is not { } element || depth > MaxDepth)
            return "";
        return element.ValueKind switch
        {
            JsonValueKind.Object => string.Join(", ", element.EnumerateObject().Where(member => !IsScheduling(member)).Take(40)
                .Select(member => Flatten(member.Value, vocabulary, $"{path}{string.Join(' ', FunctionShape.SplitName(member.Name))} ", depth + 1))
                .Where(words => words.Length > 0)),
            JsonValueKind.Array => FlattenArray(element, vocabulary, path, depth),
            JsonValueKind.Null or JsonValueKind.Undefined => "",
            JsonValueKind.String => path + ReadString(element),
            JsonValueKind.Number => Measure(path, element.GetRawText(), vocabulary),
            _ => path + element.GetRawText(),
        };
    }

    // A unit is said after its number: "wind speed 30 kilometers per hour", not "wind speed kmh 30".
    private static string Measure(string path, string number, Vocabulary vocabulary)
    {
        var words = path.TrimEnd();
        var start = words.LastIndexOf(' ') + 1;
        return vocabulary == English.Language.Vocabulary && Units.TryGetValue(words[start..], out var unit)
            ? $"{words[..start]}{number} {unit}"
            : path + number;
    }

    private static string FlattenArray(JsonElement array, Vocabulary vocabulary, string path, int depth)
    {
        var items = array.EnumerateArray().Take(40).ToArray();
        return items.Any(item => item.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
            ? string.Join("; ", items.Select(item => Flatten(item, vocabulary, path, depth + 1)).Where(words => words.Length > 0))
            : items.Length == 0 ? "" : path + vocabulary.List([.. items.Select(item => Flatten(item, vocabulary, "", depth + 1))]);
    }

    private static string ReadString(JsonElement element)
    {
        try
        {
            return element.GetString()!.Trim();
        }
        catch (InvalidOperationException)
        {
            // An escaped lone surrogate: valid JSON, but not valid text.
            return element.GetRawText().Trim('"');
        }
    }
}
