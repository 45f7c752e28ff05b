using Microsoft.Extensions.AI;

namespace Parley.Cascade.Answering;

/// <summary>Carries the language of a session to the chat client, in the additional properties of its options.</summary>
internal static class SessionLanguage
{
    private const string Key = "parley.language_code";

    /// <summary>BCP-47 code of <c>speechConfig.languageCode</c>; null if the client set none.</summary>
    public static string? Of(ChatOptions? options) =>
        options?.AdditionalProperties is { } properties && properties.TryGetValue(Key, out var code) ? code as string : null;

    public static void Set(ChatOptions options, string? code)
    {
        if (!string.IsNullOrEmpty(code))
            (options.AdditionalProperties ??= [])[Key] = code;
    }

    /// <summary>
    /// Removes the code and asks the model for the language: the synthesizer speaks it, and without the instruction a model answers in the
    /// language of the question.
    /// </summary>
    public static void TakeAsInstruction(ChatOptions options)
    {
        if (Take(options) is { } code)
            options.Instructions = $"{options.Instructions}\nAnswer in the language with the code {code} unless you are asked for another.".TrimStart();
    }

    /// <summary>Removes and returns the code, so that it is not sent to a model as an unknown parameter.</summary>
    public static string? Take(ChatOptions options)
    {
        var code = Of(options);
        options.AdditionalProperties?.Remove(Key);
        return code;
    }
}
