namespace Parley.Speech;

/// <summary>An engine that can say how it is doing. Safe to ask at any time.</summary>
public interface IEngineStatus
{
    /// <summary>A few words for health pages, such as "1 of at most 4 decoders in use, 2 loaded, 0 replaced; processes 4711, 4712".</summary>
    string Status { get; }
}
