using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Assistant.Llama.Files;
using Parley.Assistant.Providers;
using Parley.Speech;

namespace Parley.Assistant.Llama.Hosting;

/// <summary>The provider "gguf": a file, or the name of an installed model.</summary>
internal sealed class GgufProvider(IOptions<GgufOptions> gguf, ModelStore models) : IChatModelProvider
{
    public string Name => ChatModelProviders.Gguf;

    public bool TakesSessions => true;

    public IEnumerable<string> Failures(ChatModelOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.Model))
        {
            yield return "ChatModel:Model is missing. Set it to the path of a GGUF file, or to the name of an installed model: parley models list.";
            yield break;
        }
        if (ProblemOf(options.Model) is { } problem)
            yield return $"ChatModel:Model: {problem}";
    }

    public IChatClient Create(ChatModelOptions options, TimeProvider timeProvider, ILogger logger) =>
        new GgufChatClient(models.Resolve(options.Model!, ChatModelProviders.Gguf), gguf.Value, timeProvider, logger);

    private string? ProblemOf(string model)
    {
        try
        {
            _ = GgufReader.Read(models.Resolve(model, ChatModelProviders.Gguf));
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or InvalidDataException)
        {
            return e.Message;
        }
    }
}
