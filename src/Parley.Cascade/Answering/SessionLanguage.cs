using Microsoft.Extensions.AI;

namespace Parley.Cascade.Answering;

/// <summary>Carries the language of the session's voice to the brain, beside the options a chat model knows.</summary>
internal static class SessionLanguage
{
    private const string Key = "parley.language_code";

    /// <summary>BCP-47 code of <c>speechConfig.languageCode</c>; null where the client chose none.</summary>
    public static string? Of(ChatOptions? options) =>
        options?.AdditionalProperties is { } properties && properties.TryGetValue(Key, out var code) ? code as string : null;

    public static void Set(ChatOptions options, string? code)
    {
        if (!string.IsNullOrEmpty(code))
        {
            (options.AdditionalProperties ??= [])[Key] = code;
        }
    }

    /// <summary>Takes the code out again, so that it reaches no model as a parameter it does not know.</summary>
    public static string? Take(ChatOptions options)
    {
        var code = Of(options);
        options.AdditionalProperties?.Remove(Key);
        return code;
    }
}
