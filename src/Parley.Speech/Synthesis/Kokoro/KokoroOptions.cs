namespace Parley.Speech;

/// <summary>Settings of Kokoro voices. Configuration section "Speech:Synthesizer:Kokoro".</summary>
public sealed class KokoroOptions
{
    /// <summary>
    /// The network: a name of <c>parley models available</c>, or the path of its .onnx file; the styles of its voices must be beside it. Null
    /// (default): the first installed one.
    /// </summary>
    public string? Model { get; set; }

    /// <summary>
    /// The Kokoro voice for all names, such as "af_heart". Null (default): for each name the voice that is called like it, otherwise a fixed
    /// one of its gender.
    /// </summary>
    public string? Voice { get; set; }

    /// <summary>Kokoro voices for individual names, such as "Kore" to "af_bella"; other names use <see cref="Voice"/>.</summary>
    public Dictionary<string, string> Voices { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The most threads, 1 to 64. Default: half of the cores, at least 1 and at most 4.</summary>
    public int Threads { get; set; } = Math.Clamp(Environment.ProcessorCount / 2, 1, 4);

    /// <summary>Default: <see cref="EngineIsolation.Process"/>.</summary>
    public EngineIsolation Isolation { get; set; }

    /// <summary>A network that needs longer for a clause is ended and started again. Default 30 s.</summary>
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
