using Microsoft.Extensions.Options;

namespace Parley.Server.Brains;

/// <summary>Says what to write where. The rules depend on each other, so attributes cannot express them.</summary>
internal sealed class BrainOptionsValidator : IValidateOptions<BrainOptions>
{
    public ValidateOptionsResult Validate(string? name, BrainOptions options)
    {
        var failures = Failures(options).ToArray();
        return failures.Length > 0 ? ValidateOptionsResult.Fail(failures) : ValidateOptionsResult.Success;
    }

    internal static IEnumerable<string> Failures(BrainOptions options)
    {
        if (options.Fallback is { } fallback && !Is(fallback, BrainProviders.Scripted))
        {
            yield return $"Brain:Fallback is '{fallback}'. Set it to '{BrainProviders.Scripted}' or leave it out.";
        }

        if (Is(options.Provider, BrainProviders.Scripted))
        {
            yield break;
        }

        if (!Is(options.Provider, BrainProviders.OpenAI))
        {
            yield return $"Brain:Provider is '{options.Provider}'. Set it to '{BrainProviders.Scripted}' or '{BrainProviders.OpenAI}'.";
            yield break;
        }

        if (string.IsNullOrWhiteSpace(options.Model))
        {
            yield return "Brain:Model is missing. Set it to the name of a model the endpoint serves.";
        }

        if (options.Endpoint is { } endpoint && (!endpoint.IsAbsoluteUri || endpoint.Scheme is not ("http" or "https")))
        {
            yield return "Brain:Endpoint must be an absolute http or https URL, such as http://localhost:11434/v1.";
        }

        if (options.Endpoint is null && string.IsNullOrEmpty(options.ApiKey))
        {
            yield return "Brain:ApiKey is missing. Set it for the service of OpenAI, or set Brain:Endpoint to a server that needs no key.";
        }

        // The key itself stays out of the message.
        if (options.ApiKey?.Any(character => character is <= ' ' or > '~') == true)
        {
            yield return "Brain:ApiKey contains a space, a line break or another character that cannot be part of a key.";
        }
    }

    internal static bool Is(string? provider, string expected) => string.Equals(provider, expected, StringComparison.OrdinalIgnoreCase);
}
