using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using OllamaSharp;
using Parley.Speech.Hosting;

namespace Parley.Assistant.Providers;

/// <summary>The provider "ollama": Ollama through its own API, which knows the context length and how long a model stays loaded.</summary>
internal sealed class OllamaProvider : IChatModelProvider
{
    private const string CompatiblePath = "/v1";
    private const int MinContextLength = 256;

    private static readonly Uri Default = new("http://localhost:11434/");

    public string Name => ChatModelProviders.Ollama;

    public bool TakesSessions => false;

    public IEnumerable<string> Failures(ChatModelOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.Model))
            yield return "ChatModel:Model is missing. Set it to the name of a model the endpoint serves.";
        if (ChatModelOptionsValidator.EndpointFailure(options) is { } invalid)
            yield return invalid;
        if (ChatModelOptionsValidator.KeyFailure(options) is { } wrong)
            yield return wrong;
        if (options.Ollama.ContextLength is < MinContextLength)
            yield return $"ChatModel:Ollama:ContextLength is {options.Ollama.ContextLength}. It must be at least {MinContextLength}.";
    }

    public IChatClient Create(ChatModelOptions options, TimeProvider timeProvider, ILogger logger)
    {
        // Without a time limit of its own: answers have theirs.
        var http = new HttpClient(new OllamaErrorHandler(new CredentialHandler())) { BaseAddress = AddressOf(options.Endpoint), Timeout = Timeout.InfiniteTimeSpan };
        if (!string.IsNullOrEmpty(options.ApiKey))
            http.DefaultRequestHeaders.Authorization = new("Bearer", options.ApiKey);
        return new OllamaChatClient(new OllamaApiClient(http, options.Model!), options.Model!, options.Ollama, logger);
    }

    /// <summary>The address of Ollama's own API: also for a configuration with the path of the OpenAI-compatible one.</summary>
    internal static Uri AddressOf(Uri? endpoint)
    {
        if (endpoint is null)
            return Default;
        var path = endpoint.AbsolutePath.TrimEnd('/');
        if (path.EndsWith(CompatiblePath, StringComparison.Ordinal))
            path = path[..^CompatiblePath.Length];
        return new UriBuilder(endpoint) { Path = path + "/" }.Uri;
    }
}
