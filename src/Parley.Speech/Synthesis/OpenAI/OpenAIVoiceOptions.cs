namespace Parley.Speech;

/// <summary>A server that speaks. Configuration section "Speech:Synthesizer:OpenAI".</summary>
public sealed class OpenAIVoiceOptions : OpenAIEndpoint
{
    /// <summary>The voice of the server that speaks for all of ours. Default "alloy".</summary>
    public string Voice { get; set; } = "alloy";

    /// <summary>Voices of the server for single names of ours, such as "Kore" to "af_heart"; the others speak with <see cref="Voice"/>.</summary>
    public Dictionary<string, string> Voices { get; } = new(StringComparer.OrdinalIgnoreCase);
}
