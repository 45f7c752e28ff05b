namespace Parley.Speech;

/// <summary>One stage of speech: the engine, and why it is this one.</summary>
/// <param name="Engine">The engine; belongs to the <see cref="SpeechEngines"/> it comes from.</param>
/// <param name="Name">Its short name: "pocketsphinx", "none".</param>
/// <param name="Reason">One sentence for logs and health pages.</param>
public sealed record SpeechStage<T>(T Engine, string Name, string Reason)
    where T : class
{
    /// <summary>How the engine is doing at this moment, in a few words; empty where it does not say.</summary>
    public string Status => (Engine as IEngineStatus)?.Status ?? "";
}
