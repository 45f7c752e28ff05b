namespace Parley.Speech;

/// <summary>Settings of a synthesis server. Configuration section "Speech:Synthesizer:OpenAI".</summary>
public sealed class OpenAIVoiceOptions : OpenAIEndpoint
{
    /// <summary>The server voice for all names. Default "alloy".</summary>
    public string Voice { get; set; } = "alloy";

    /// <summary>Server voices for individual names, such as "Kore" to "af_heart"; other names use <see cref="Voice"/>.</summary>
    public Dictionary<string, string> Voices { get; } = new(StringComparer.OrdinalIgnoreCase);
}
