namespace Parley.Server.Brains;

/// <summary>Chooses the chat client that answers conversations. Read from the configuration section "Brain".</summary>
public sealed class BrainOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Brain";

    /// <summary>
    /// "scripted" (the default) answers by fixed rules without model, key or network; "openai" talks to any endpoint
    /// that speaks the OpenAI chat completions protocol. Case does not matter.
    /// </summary>
    public string Provider { get; set; } = BrainProviders.Scripted;

    /// <summary>
    /// Base URL for "openai", for example <c>http://localhost:11434/v1</c> for Ollama; the service of OpenAI when null.
    /// A URL without a path gets <c>/v1</c>, where such servers listen.
    /// </summary>
    public Uri? Endpoint { get; set; }

    /// <summary>Model name sent with every request; required for "openai".</summary>
    public string? Model { get; set; }

    /// <summary>
    /// What answers a turn whose brain failed or stalled before it said anything: "scripted", or null (the default) for one sentence that
    /// says there is no answer.
    /// </summary>
    public string? Fallback { get; set; }

    /// <summary>Sent as bearer token. May stay empty with an <see cref="Endpoint"/>: local servers need none. Never logged.</summary>
    public string? ApiKey { get; set; }
}
