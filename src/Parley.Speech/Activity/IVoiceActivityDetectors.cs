namespace Parley.Speech;

/// <summary>Makes detectors, one per stream. Safe to share.</summary>
public interface IVoiceActivityDetectors
{
    /// <summary>A short name for logs and health pages: "silero", "energy".</summary>
    string Name { get; }

    /// <summary>A detector for a new stream; the caller disposes it.</summary>
    IVoiceActivityDetector Create();
}
