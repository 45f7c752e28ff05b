namespace Parley.Speech;

/// <summary>Settings of espeak-ng. Configuration section "Speech:Synthesizer:Espeak".</summary>
public sealed class EspeakOptions
{
    /// <summary>The program; default "espeak-ng", found in PATH.</summary>
    public string Program { get; set; } = "espeak-ng";

    /// <summary>The most processes at the same time, 1 to 64; each lives for one sentence. Default: two per core, at most 8.</summary>
    public int MaxProcesses { get; set; } = Math.Min(2 * Environment.ProcessorCount, 8);

    /// <summary>A process that gives no audio for this time is killed. Default 10 s.</summary>
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
