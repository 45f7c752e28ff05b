using Microsoft.Extensions.Options;
using Parley.Assistant.Providers;

namespace Parley.Assistant;

/// <summary>Validates <see cref="ChatModelOptions"/>. The rules depend on each other, so attributes cannot express them.</summary>
internal sealed class ChatModelOptionsValidator(IEnumerable<IChatModelProvider> providers) : IValidateOptions<ChatModelOptions>
{
    public ValidateOptionsResult Validate(string? name, ChatModelOptions options)
    {
        var failures = Failures(options, [.. providers]).ToArray();
        return failures.Length > 0 ? ValidateOptionsResult.Fail(failures) : ValidateOptionsResult.Success;
    }

    internal static IEnumerable<string> Failures(ChatModelOptions options, IReadOnlyList<IChatModelProvider> providers)
    {
        if (Is(options.Provider, ChatModelProviders.Rules))
            return [];
        if (ChatModelProviders.Find(options.Provider, providers) is { } provider)
            return provider.Failures(options).Concat(RangeFailures(options));
        if (ChatModelProviders.PresetOf(options.Provider) is { } preset)
            return EndpointFailures(options, preset).Concat(RangeFailures(options));
        if (Is(options.Provider, ChatModelProviders.Gguf))
            return ["ChatModel:Provider is 'gguf', which the package Parley.Assistant.Llama provides. Reference it and call UseGguf() after AddLiveApi()."];
        string[] known = [ChatModelProviders.Rules, .. ChatModelProviders.Endpoints.Select(static endpoint => endpoint.Provider), .. providers.Select(static other => other.Name)];
        return [$"ChatModel:Provider is '{options.Provider}'. Set it to one of '{string.Join("', '", known)}'."];
    }

    internal static string? EndpointFailure(ChatModelOptions options) =>
        options.Endpoint is { } endpoint && (!endpoint.IsAbsoluteUri || endpoint.Scheme is not ("http" or "https"))
            ? $"ChatModel:Endpoint is '{endpoint}'. It must be an absolute http or https URL, such as http://localhost:11434/v1."
            : null;

    // The key itself stays out of the message.
    internal static string? KeyFailure(ChatModelOptions options) =>
        options.ApiKey?.Any(static character => character is <= ' ' or > '~') == true
            ? "ChatModel:ApiKey contains a space, a line break or another character that cannot be part of a key."
            : null;

    private static IEnumerable<string> EndpointFailures(ChatModelOptions options, ChatModelPreset preset)
    {
        if (string.IsNullOrWhiteSpace(options.Model))
            yield return "ChatModel:Model is missing. Set it to the name of a model the endpoint serves.";
        if (EndpointFailure(options) is { } invalid)
            yield return invalid;
        if (options.Endpoint is null && preset.NeedsKey && string.IsNullOrEmpty(options.ApiKey))
            yield return $"ChatModel:ApiKey is missing. Set it for '{preset.Provider}', or set ChatModel:Endpoint to a server that needs no key.";
        if (KeyFailure(options) is { } wrong)
            yield return wrong;
    }

    internal static bool Is(string? value, string expected) => string.Equals(value, expected, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<string> RangeFailures(ChatModelOptions options)
    {
        if (options.Temperature is < 0 or > 2)
            yield return $"ChatModel:Temperature is {options.Temperature}. It must be between 0 and 2.";
        if (options.MaxOutputTokens is < 1)
            yield return $"ChatModel:MaxOutputTokens is {options.MaxOutputTokens}. It must be at least 1.";
        if (options.MaxPictures is < 0 or > 64)
            yield return $"ChatModel:MaxPictures is {options.MaxPictures}. It must be between 0 and 64.";
    }
}
