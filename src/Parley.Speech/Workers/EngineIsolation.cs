namespace Parley.Speech;

/// <summary>Where a native engine runs.</summary>
public enum EngineIsolation
{
    /// <summary>
    /// In processes of its own: what crashes or hangs there costs at most a second of one utterance. Falls back to
    /// <see cref="InProcess"/>, and says so, where the worker program is not beside the application.
    /// </summary>
    Process,

    /// <summary>On threads of this process: saves some 30 MB per worker, and a crash of the engine ends the application.</summary>
    InProcess,
}
