using System.ClientModel;
using System.ClientModel.Primitives;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OpenAI;
using Parley.Assistant.Images;
using Parley.Assistant.Providers;
using Parley.Speech.Hosting;

namespace Parley.Assistant;

/// <summary>Creates the chat client that <see cref="ChatModelOptions"/> describes.</summary>
public static class ChatModelFactory
{
    /// <summary>The SDK requires a key; servers that need none ignore this one.</summary>
    private const string NoKey = "none";

    // Shared by the process, as the SDK's own is; that one would take redirects for answers.
    private static readonly HttpClientPipelineTransport Transport = new(CredentialHandler.CreateClient());

    /// <summary>Creates a chat client. The caller owns it; sessions may share it.</summary>
    /// <param name="options">Provider, model and endpoint.</param>
    /// <param name="timeProvider">Clock of the built-in assistant; null (the default) uses the system clock.</param>
    /// <param name="logger">Receives invalid images and failures of the text reader; null (the default) logs nothing.</param>
    /// <exception cref="OptionsValidationException">The options are invalid; the message says what to set.</exception>
    public static IChatClient Create(ChatModelOptions options, TimeProvider? timeProvider = null, ILogger? logger = null) =>
        Create(options, timeProvider ?? TimeProvider.System, logger ?? NullLogger.Instance, null, ChatModelProviders.Own);

    internal static IChatClient Create(
        ChatModelOptions options, TimeProvider timeProvider, ILogger logger, IPictureTextReader? pictureReader,
        IReadOnlyList<IChatModelProvider> providers)
    {
        ArgumentNullException.ThrowIfNull(options);
        var failures = ChatModelOptionsValidator.Failures(options, providers).ToArray();
        if (failures.Length > 0)
            throw new OptionsValidationException(Options.DefaultName, typeof(ChatModelOptions), failures);
        if (ChatModelProviders.Find(options.Provider, providers) is { } provider)
        {
            return new EndpointChatClient(
                provider.Create(options, timeProvider, logger), options, options.Vision ?? false, logger, provider.TakesSessions);
        }
        if (ChatModelProviders.PresetOf(options.Provider) is not { } preset)
            return new RuleBasedChatClient(timeProvider, pictureReader, logger);
        return new EndpointChatClient(Connect(options, preset), options, options.Vision ?? preset.Vision, logger);
    }

    // No retries with back-off here: the user is waiting. The cascade itself tries once more and then the fallback.
    private static IChatClient Connect(ChatModelOptions options, ChatModelPreset preset)
    {
        var clientOptions = new OpenAIClientOptions { RetryPolicy = new ClientRetryPolicy(maxRetries: 0), Transport = Transport };
        if ((options.Endpoint ?? preset.Endpoint) is { } endpoint)
            clientOptions.Endpoint = endpoint.AbsolutePath == "/" ? new Uri(endpoint, "v1") : endpoint;
        var key = new ApiKeyCredential(string.IsNullOrEmpty(options.ApiKey) ? NoKey : options.ApiKey);
        return new OpenAIClient(key, clientOptions).GetChatClient(options.Model!).AsIChatClient();
    }
}
