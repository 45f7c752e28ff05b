namespace Parley.Assistant;

/// <summary>What is special to Ollama. Read from the configuration section "ChatModel:Ollama".</summary>
public sealed class OllamaOptions
{
    /// <summary>
    /// How long Ollama keeps the model in memory after an answer; default 1 hour, longer than Ollama's own 5 minutes, because loading takes
    /// seconds and the user waits. Negative: until Ollama ends. Zero: not at all.
    /// </summary>
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Most tokens of a conversation (<c>num_ctx</c>), at least 256; null (the default) leaves it to Ollama. Beyond it Ollama leaves out the
    /// oldest messages.
    /// </summary>
    public int? ContextLength { get; set; }

    /// <summary>
    /// Whether a model that can think before it answers does so; default false, because the user waits meanwhile. Null leaves it to the model.
    /// Thoughts are never spoken.
    /// </summary>
    public bool? Think { get; set; } = false;
}
