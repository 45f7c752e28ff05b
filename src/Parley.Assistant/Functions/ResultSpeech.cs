using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Parley.Assistant.Languages;
using Parley.Assistant.Rules;

namespace Parley.Assistant.Functions;

/// <summary>
/// Says a function result in sentences: wrappers are removed, failures and plain confirmations are recognized, and the rest becomes
/// sentences by its shape (<see cref="ResultSentences"/>). In languages other than English values are listed with their names.
/// </summary>
internal static class ResultSpeech
{
    /// <summary>Most characters of a spoken result; about forty seconds of speech.</summary>
    private const int MaxLength = 600;

    private static readonly string[] Wrappers = ["output", "result", "response", "data"];
    private static readonly HashSet<string> Flags = new(StringComparer.OrdinalIgnoreCase) { "ok", "success", "succeeded", "done", "completed", "updated", "saved" };
    private static readonly HashSet<string> Good =
        new(StringComparer.OrdinalIgnoreCase) { "ok", "okay", "done", "success", "succeeded", "successful", "completed", "complete", "true" };
    private static readonly HashSet<string> Bad = new(StringComparer.OrdinalIgnoreCase) { "error", "failed", "failure", "fail" };
    private static readonly string[] Reasons = ["error", "message", "reason", "detail", "details", "error_message", "errorMessage"];

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64 };

    /// <param name="functionName">Name of the function; empty if its call is no longer in the history.</param>
    /// <param name="content">The result.</param>
    /// <param name="language">Language of the sentences.</param>
    /// <param name="request">What the user asked for; of several values, the one asked for is said.</param>
    public static string Describe(string functionName, FunctionResultContent content, Language language, Utterance request)
    {
        var (phrases, value) = (language.Phrases, Unwrap(ToElement(content)));
        if (FailureOf(value, content) is { } reason)
            return reason.Length == 0 ? phrases.Failed : phrases.Failure.With(Short(reason));
        if (WithoutConfirmation(value) is not { } said)
            return phrases.Done;
        var text = language == English.Language
            ? new ResultSentences(FunctionShape.SplitName(functionName), request).Say(said)
            : ResultValues.TimeIn(said) is { } time ? phrases.TimeResult.With(time)
            : ResultValues.MessageIn(said) is { } message ? ResultValues.Sentence(message)
            : ResultValues.List(said, language.Vocabulary) is { Length: > 0 } list ? phrases.Result.With(Short(list)) : phrases.Done;
        return Utterance.Abbreviate(Utterance.Clean(text.Length > 0 ? text : phrases.Done), MaxLength);
    }

    private static string Short(string text) => Utterance.Abbreviate(Utterance.Clean(text), MaxLength).TrimEnd('.', '!', ' ');

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
            var members = element.EnumerateObject().Where(member => !ResultValues.IsScheduling(member)).ToArray();
            if (members.Length != 1 || !Wrappers.Contains(members[0].Name, StringComparer.OrdinalIgnoreCase))
                return element;
            value = members[0].Value;
        }
        return value;
    }

    // Null if it did not fail; empty if there is no reason.
    private static string? FailureOf(JsonElement? value, FunctionResultContent content)
    {
        if (content.Exception is { } exception)
            return exception.Message;
        if (value is not { ValueKind: JsonValueKind.Object } element)
            return null;
        var failed = (element.TryGetProperty("error", out var error) && error.ValueKind is not (JsonValueKind.Null or JsonValueKind.False))
            || element.EnumerateObject().Any(member =>
                (Flags.Contains(member.Name) && member.Value.ValueKind == JsonValueKind.False && member.Name.ToUpperInvariant() is "OK" or "SUCCESS" or "SUCCEEDED")
                || (member.Name.Equals("status", StringComparison.OrdinalIgnoreCase) && member.Value.ValueKind == JsonValueKind.String && Bad.Contains(ResultValues.Text(member.Value))));
        if (!failed)
            return null;
        foreach (var name in Reasons)
        {
            if (element.TryGetProperty(name, out var reason) && ReasonIn(reason) is { Length: > 0 } words)
                return words;
        }
        return "";
    }

    private static string ReasonIn(JsonElement reason) => reason.ValueKind switch
    {
        JsonValueKind.Object when reason.TryGetProperty("message", out var message) => ResultValues.List(message, English.Language.Vocabulary),
        JsonValueKind.True => "",
        _ => ResultValues.List(reason, English.Language.Vocabulary),
    };

    // Null if the result only says that the function was run.
    private static JsonElement? WithoutConfirmation(JsonElement? value)
    {
        if (value is not { } element)
            return null;
        return element.ValueKind switch
        {
            JsonValueKind.Null or JsonValueKind.Undefined => null,
            JsonValueKind.String => ResultValues.Text(element) is { Length: > 0 } text && !Good.Contains(text.TrimEnd('.', '!')) ? element : null,
            JsonValueKind.Object => element.EnumerateObject().Any(member => !IsConfirmation(member)) ? element : null,
            _ => element,
        };
    }

    internal static bool IsConfirmation(JsonProperty member) =>
        ResultValues.IsScheduling(member)
        || member.Value.ValueKind == JsonValueKind.Null
        || (member.Value.ValueKind == JsonValueKind.True && Flags.Contains(member.Name))
        || (member.Value.ValueKind == JsonValueKind.String && Good.Contains(ResultValues.Text(member.Value))
            && (Flags.Contains(member.Name) || member.Name.ToUpperInvariant() is "STATUS" or "RESULT" or "STATE"));
}
