using System.ClientModel;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using OpenAI;

namespace Parley.Server.Brains;

/// <summary>Makes the chat client that <see cref="BrainOptions"/> describe.</summary>
public static class BrainFactory
{
    /// <summary>The SDK insists on a key; servers that need none ignore this one.</summary>
    private const string NoKey = "none";

    /// <summary>Creates a chat client. The caller owns it; sessions may share it.</summary>
    /// <param name="options">What to create.</param>
    /// <param name="timeProvider">The clock of the scripted client; the system's when null.</param>
    /// <exception cref="OptionsValidationException">The options do not describe a client; the message says what to set.</exception>
    public static IChatClient Create(BrainOptions options, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var failures = BrainOptionsValidator.Failures(options).ToArray();
        if (failures.Length > 0)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(BrainOptions), failures);
        }

        return BrainOptionsValidator.Is(options.Provider, BrainProviders.OpenAI)
            ? CreateOpenAI(options)
            : new ScriptedChatClient(timeProvider);
    }

    private static IChatClient CreateOpenAI(BrainOptions options)
    {
        var clientOptions = new OpenAIClientOptions();
        if (options.Endpoint is { } endpoint)
        {
            clientOptions.Endpoint = endpoint.AbsolutePath == "/" ? new Uri(endpoint, "v1") : endpoint;
        }

        var key = new ApiKeyCredential(string.IsNullOrEmpty(options.ApiKey) ? NoKey : options.ApiKey);
        return new OpenAIClient(key, clientOptions).GetChatClient(options.Model!).AsIChatClient();
    }
}
