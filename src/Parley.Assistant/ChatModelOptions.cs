namespace Parley.Assistant;

/// <summary>Selects the chat model that answers conversations. Read from the configuration section "ChatModel".</summary>
public sealed class ChatModelOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "ChatModel";

    /// <summary>
    /// Provider of the chat model; default "rules", the built-in assistant, which needs no model, key or network. "openai" is any endpoint
    /// with the OpenAI chat completions API; "llama.cpp", "vllm" and "gemini" are the same with their usual endpoint. "ollama" is Ollama's own
    /// API, "gguf" a file (package Parley.Assistant.Llama). Case is ignored. See <see cref="ChatModelProviders"/>.
    /// </summary>
    public string Provider { get; set; } = ChatModelProviders.Rules;

    /// <summary>
    /// Base URL of the API, such as <c>http://localhost:8080/v1</c>; null (the default) is the usual endpoint of the provider. <c>/v1</c> is
    /// appended to a URL without a path, except for "ollama".
    /// </summary>
    public Uri? Endpoint { get; set; }

    /// <summary>
    /// Model name sent with every request; for "gguf" the path of a file or the name of an installed model. Required for every provider except
    /// "rules".
    /// </summary>
    public string? Model { get; set; }

    /// <summary>
    /// API key, sent as bearer token. Required for "openai" and "gemini" unless <see cref="Endpoint"/> is set; local servers need none.
    /// Never logged.
    /// </summary>
    public string? ApiKey { get; set; }

    /// <summary>
    /// Whether the model accepts images. True: the newest images are sent with the conversation. False: a note about size and colours is
    /// sent instead. Null (the default): true for "gemini", false for the others.
    /// </summary>
    public bool? Vision { get; set; }

    /// <summary>
    /// Most images sent with a request; default 3, from 0 to 64. The newest are kept. An image costs a model hundreds of tokens.
    /// </summary>
    public int MaxPictures { get; set; } = 3;

    /// <summary>Sampling temperature for sessions whose setup sets none, from 0 to 2; null (the default) leaves it to the model.</summary>
    public float? Temperature { get; set; }

    /// <summary>
    /// Most tokens of an answer for sessions whose setup sets no limit, at least 1; null (the default) leaves it to the model. A minute of
    /// speech is about 200 tokens.
    /// </summary>
    public int? MaxOutputTokens { get; set; }

    /// <summary>What is special to the provider "ollama".</summary>
    public OllamaOptions Ollama { get; set; } = new();

    /// <summary>
    /// What answers a turn if the model failed or timed out before it produced any text: "rules", or null (the default) for one spoken
    /// sentence that says there is no answer. The time limit of a model is <c>Cascade:ChatModelTimeout</c>.
    /// </summary>
    public string? Fallback { get; set; }

    /// <summary>
    /// Command with which the built-in assistant reads text in images, by name or full path; default "tesseract" of Debian's tesseract-ocr.
    /// Empty: no text is read. If the command is not installed, answers say so.
    /// </summary>
    public string? TextReader { get; set; } = "tesseract";
}
