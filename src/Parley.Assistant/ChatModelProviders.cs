using Parley.Assistant.Providers;

namespace Parley.Assistant;

/// <summary>
/// The values of <see cref="ChatModelOptions.Provider"/>. All except <see cref="Rules"/>, <see cref="Ollama"/> and <see cref="Gguf"/> use the
/// OpenAI chat completions API.
/// </summary>
public static class ChatModelProviders
{
    /// <summary>The built-in assistant, <see cref="RuleBasedChatClient"/>.</summary>
    public const string Rules = "rules";

    /// <summary>Any endpoint with the OpenAI chat completions API; OpenAI itself if no endpoint is set.</summary>
    public const string OpenAI = "openai";

    /// <summary>Ollama through its own API; on this machine, port 11434, if no endpoint is set.</summary>
    public const string Ollama = "ollama";

    /// <summary>
    /// The llama-server of llama.cpp on this machine, port 8080. If Parley uses the same port, start one of them on another.
    /// </summary>
    public const string LlamaCpp = "llama.cpp";

    /// <summary>vLLM on this machine, port 8000.</summary>
    public const string Vllm = "vllm";

    /// <summary>Gemini models through their OpenAI-compatible endpoint. Needs a key; accepts images.</summary>
    public const string Gemini = "gemini";

    /// <summary>A GGUF file in a worker process of this application; needs the package Parley.Assistant.Llama.</summary>
    public const string Gguf = "gguf";

    /// <summary>Providers of this package beside the built-in assistant and <see cref="Endpoints"/>.</summary>
    internal static IReadOnlyList<IChatModelProvider> Own { get; } = [new OllamaProvider()];

    internal static IReadOnlyList<ChatModelPreset> Endpoints { get; } =
    [
        new(OpenAI, null, NeedsKey: true, Vision: false),
        new(LlamaCpp, new Uri("http://localhost:8080/v1"), NeedsKey: false, Vision: false),
        new(Vllm, new Uri("http://localhost:8000/v1"), NeedsKey: false, Vision: false),
        new(Gemini, new Uri("https://generativelanguage.googleapis.com/v1beta/openai/"), NeedsKey: true, Vision: true),
    ];

    internal static IChatModelProvider? Find(string? name, IReadOnlyList<IChatModelProvider> providers) =>
        providers.FirstOrDefault(provider => string.Equals(provider.Name, name, StringComparison.OrdinalIgnoreCase));

    internal static ChatModelPreset? PresetOf(string? provider) =>
        Endpoints.FirstOrDefault(preset => string.Equals(preset.Provider, provider, StringComparison.OrdinalIgnoreCase));
}
