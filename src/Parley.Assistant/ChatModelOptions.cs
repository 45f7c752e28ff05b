namespace Parley.Assistant;

/// <summary>Chooses the chat client that answers conversations. Read from the configuration section "ChatModel".</summary>
public sealed class ChatModelOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "ChatModel";

    /// <summary>
    /// "rules" (the default) answers by fixed rules without model, key or network; "openai" talks to any endpoint
    /// that speaks the OpenAI chat completions protocol; "ollama", "llama.cpp", "vllm" and "gemini" are the same with the
    /// usual endpoint filled in. Case does not matter. See <see cref="ChatModelProviders"/>.
    /// </summary>
    public string Provider { get; set; } = ChatModelProviders.Rules;

    /// <summary>
    /// Base URL, for example <c>http://localhost:11434/v1</c> for Ollama; that of the provider when null.
    /// A URL without a path gets <c>/v1</c>, where such servers listen.
    /// </summary>
    public Uri? Endpoint { get; set; }

    /// <summary>Model name sent with every request; required but for "rules".</summary>
    public string? Model { get; set; }

    /// <summary>Sent as bearer token. May stay empty with an <see cref="Endpoint"/>: local servers need none. Never logged.</summary>
    public string? ApiKey { get; set; }

    /// <summary>
    /// Whether the model takes pictures: the newest ones are then sent with the conversation. Without, it gets a note about size and
    /// colours in their place. Null (the default): as the provider's usual models do, which is true for "gemini" alone.
    /// </summary>
    public bool? Vision { get; set; }

    /// <summary>Most pictures sent with a request, the newest ones; default 3. Each costs a model hundreds of tokens.</summary>
    public int MaxPictures { get; set; } = 3;

    /// <summary>Temperature for sessions whose setup names none; null (the default) leaves it to the model.</summary>
    public float? Temperature { get; set; }

    /// <summary>
    /// Most tokens of an answer, for sessions whose setup names no number; null (the default) leaves it to the model. A spoken minute
    /// has about 200.
    /// </summary>
    public int? MaxOutputTokens { get; set; }

    /// <summary>
    /// What answers a turn whose model failed or stalled before it said anything: "rules", or null (the default) for one sentence that
    /// says there is no answer. How long a model may take is <c>Cascade:ChatModelTimeout</c>.
    /// </summary>
    public string? Fallback { get; set; }

    /// <summary>
    /// Command that reads text in pictures for the scripted brain, by name or whole path; default "tesseract" of Debian's tesseract-ocr.
    /// Empty = none. Where it is not installed, answers say so.
    /// </summary>
    public string? TextReader { get; set; } = "tesseract";
}
