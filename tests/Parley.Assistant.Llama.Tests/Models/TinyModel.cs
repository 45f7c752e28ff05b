using Microsoft.Extensions.AI;
using Parley.Cascade.Answering;
using Parley.Speech;

namespace Parley.Assistant.Llama.Tests.Models;

/// <summary>Files of tiny models, and conversations with them.</summary>
internal sealed class TinyModel : IDisposable
{
    public static readonly AIFunctionDeclaration Roll = AIFunctionFactory.CreateDeclaration(
        "roll", "Rolls dice.", System.Text.Json.JsonElement.Parse("""{"type":"object","properties":{"count":{"type":"integer"}}}"""));

    private readonly string _folder = Directory.CreateTempSubdirectory("parley-gguf-").FullName;

    public TinyModel(byte[] file)
    {
        Path = System.IO.Path.Combine(_folder, "tiny.gguf");
        File.WriteAllBytes(Path, file);
    }

    public string Path { get; }

    /// <summary>Says "It is two." to everything.</summary>
    public static TinyModel Brief() => new(TinyGguf.Scripted(TinyGguf.ChatMl, (null, ["It", " is", " two."])));

    /// <summary>Says "on and on" until it is stopped.</summary>
    public static TinyModel Endless() => new(TinyGguf.Endless("on", " and", " on. "));

    /// <summary>Options of a session. Greedy, so that a scripted model says its script.</summary>
    public static ChatOptions Options(string? session = null, params AITool[] tools)
    {
        var options = new ChatOptions { Temperature = 0, Tools = tools.Length > 0 ? tools : null, Instructions = "Be brief." };
        if (session is not null)
            SessionId.Set(options, session);
        return options;
    }

    public static ChatMessage User(string text) => new(ChatRole.User, text);

    public static ChatMessage Said(string text) => new(ChatRole.Assistant, text);

    public static UsageDetails UsageOf(ChatResponse response) => response.Usage ?? throw new InvalidOperationException("The response has no usage.");

    /// <summary>Opens the model in a worker process, as users do.</summary>
    public GgufChatClient OpenInWorker(Action<GgufOptions>? configure = null) => Open(options =>
    {
        options.Isolation = EngineIsolation.Process;
        configure?.Invoke(options);
    });

    /// <summary>Opens the model on a thread of this process, which starts at once.</summary>
    public GgufChatClient Open(Action<GgufOptions>? configure = null)
    {
        // One thread of computation: several would wait for each other on a busy machine.
        var options = new GgufOptions { Threads = 1, ContextLength = 1024, Isolation = EngineIsolation.InProcess };
        configure?.Invoke(options);
        return new GgufChatClient(Path, options);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
