namespace Parley.Speech;

/// <summary>An engine that reports its current state. Thread-safe.</summary>
public interface IEngineStatus
{
    /// <summary>
    /// Current state in a few words for health pages, such as "1 of at most 4 decoders in use, 2 loaded, 0 replaced; processes 4711, 4712".
    /// </summary>
    string Status { get; }
}
