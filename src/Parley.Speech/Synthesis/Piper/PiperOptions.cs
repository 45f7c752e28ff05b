namespace Parley.Speech;

/// <summary>Settings of Piper voices. Configuration section "Speech:Synthesizer:Piper".</summary>
public sealed class PiperOptions
{
    /// <summary>
    /// The voice: a name of <c>parley models available</c>, or the path of its .onnx file; its .onnx.json must be beside it. Null (default):
    /// the first installed one, English before others.
    /// </summary>
    public string? Model { get; set; }

    /// <summary>The speaker of a voice with several, by name or number; null (default) for the voice's own default.</summary>
    public string? Speaker { get; set; }

    /// <summary>
    /// Voices for individual names, such as "Kore" to "piper-en_US-amy-medium", "piper-en_US-libritts_r-medium#3922" (a speaker of a voice) or
    /// "#3922" (a speaker of <see cref="Model"/>); other names use <see cref="Model"/> and <see cref="Speaker"/>. Each further voice runs in a
    /// process of its own.
    /// </summary>
    public Dictionary<string, string> Voices { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The most threads of one voice, 1 to 64. Default: half of the cores, at least 1 and at most 4.</summary>
    public int Threads { get; set; } = Math.Clamp(Environment.ProcessorCount / 2, 1, 4);

    /// <summary>Default: <see cref="EngineIsolation.Process"/>.</summary>
    public EngineIsolation Isolation { get; set; }

    /// <summary>A voice that needs longer for a clause is ended and started again. Default 20 s.</summary>
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(20);
}
