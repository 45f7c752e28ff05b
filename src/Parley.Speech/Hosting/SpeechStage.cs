namespace Parley.Speech;

/// <summary>One stage of speech: the engine, and why it was chosen.</summary>
/// <param name="Engine">The engine; owned by <see cref="SpeechEngines"/>.</param>
/// <param name="Name">Its short name: "pocketsphinx", "none".</param>
/// <param name="Reason">One sentence for logs and health pages.</param>
public sealed record SpeechStage<T>(T Engine, string Name, string Reason)
    where T : class
{
    /// <summary>Current state of the engine in a few words; empty if it reports none.</summary>
    public string Status => (Engine as IEngineStatus)?.Status ?? "";
}
