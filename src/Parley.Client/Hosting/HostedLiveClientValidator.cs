using Microsoft.Extensions.Options;
using Parley.Client.Connecting;

namespace Parley.Client.Hosting;

/// <summary>Takes the key from the environment if the options name no credential.</summary>
internal sealed class HostedLiveClientDefaults : IPostConfigureOptions<HostedLiveClientOptions>
{
    public void PostConfigure(string? name, HostedLiveClientOptions options)
    {
        if (string.IsNullOrEmpty(options.ApiKey) && string.IsNullOrEmpty(options.AuthToken))
            options.ApiKey = Environment.GetEnvironmentVariable(HostedLiveClientOptions.KeyVariable);
    }
}

/// <summary>Validates with the checks of the options and of the credential.</summary>
internal sealed class HostedLiveClientValidator : IValidateOptions<HostedLiveClientOptions>
{
    public ValidateOptionsResult Validate(string? name, HostedLiveClientOptions options)
    {
        var (key, token) = (!string.IsNullOrEmpty(options.ApiKey), !string.IsNullOrEmpty(options.AuthToken));
        if (key && token)
            return ValidateOptionsResult.Fail("The Live client has two credentials. Set HostedLiveClientOptions.ApiKey or AuthToken, not both.");
        if (!key && !token)
        {
            return ValidateOptionsResult.Fail(
                $"The Live client has no credential. Set HostedLiveClientOptions.ApiKey, or the environment variable {HostedLiveClientOptions.KeyVariable}.");
        }
        try
        {
            options.Checked();
            _ = key ? Credential.Key(options.ApiKey!) : Credential.Token(options.AuthToken!);
            return ValidateOptionsResult.Success;
        }
        catch (ArgumentException e)
        {
            return ValidateOptionsResult.Fail(e.Message);
        }
    }
}
