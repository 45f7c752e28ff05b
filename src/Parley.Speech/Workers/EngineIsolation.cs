namespace Parley.Speech;

/// <summary>Where a native engine runs.</summary>
public enum EngineIsolation
{
    /// <summary>
    /// In separate processes: a crash or hang costs at most a second of one utterance. Falls back to <see cref="InProcess"/>, with the
    /// reason in logs and health pages, if the application is trimmed or compiled ahead of time.
    /// </summary>
    Process,

    /// <summary>On threads of this process: saves about 30 MB per worker; a crash of the engine ends the application.</summary>
    InProcess,
}
