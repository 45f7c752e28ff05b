namespace Parley.Assistant;

/// <summary>The values of <see cref="ChatModelOptions.Provider"/>. All but the script speak the OpenAI chat completions protocol.</summary>
public static class ChatModelProviders
{
    /// <summary>The built-in script, <see cref="RuleBasedChatClient"/>.</summary>
    public const string Rules = "rules";

    /// <summary>Any endpoint that speaks the OpenAI chat completions protocol; the service of OpenAI where none is given.</summary>
    public const string OpenAI = "openai";

    /// <summary>Ollama on this machine, at port 11434.</summary>
    public const string Ollama = "ollama";

    /// <summary>llama.cpp's llama-server on this machine, at its port 8080; start Parley or it on another one.</summary>
    public const string LlamaCpp = "llama.cpp";

    /// <summary>vLLM on this machine, at port 8000.</summary>
    public const string Vllm = "vllm";

    /// <summary>Gemini's own models through their OpenAI-compatible endpoint. Needs a key; takes pictures.</summary>
    public const string Gemini = "gemini";

    internal static IReadOnlyList<ChatModelPreset> Endpoints { get; } =
    [
        new(OpenAI, null, NeedsKey: true, Vision: false),
        new(Ollama, new Uri("http://localhost:11434/v1"), NeedsKey: false, Vision: false),
        new(LlamaCpp, new Uri("http://localhost:8080/v1"), NeedsKey: false, Vision: false),
        new(Vllm, new Uri("http://localhost:8000/v1"), NeedsKey: false, Vision: false),
        new(Gemini, new Uri("https://generativelanguage.googleapis.com/v1beta/openai/"), NeedsKey: true, Vision: true),
    ];

    internal static ChatModelPreset? PresetOf(string? provider) =>
        Endpoints.FirstOrDefault(preset => string.Equals(preset.Provider, provider, StringComparison.OrdinalIgnoreCase));
}
