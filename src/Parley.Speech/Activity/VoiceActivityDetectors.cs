namespace Parley.Speech;

/// <summary>Finds the best activity detector of this machine.</summary>
public static class VoiceActivityDetectors
{
    /// <summary>Gives the Silero network where ONNX Runtime runs, else the energy detector; never fails.</summary>
    /// <returns>The detectors, and one sentence for logs and health pages on why it is these.</returns>
    public static VoiceActivityDetectorsChoice CreateDefault() =>
        SileroVoiceActivityDetectors.TryCreate(out var silero, out var problem)
            ? new(silero, "ONNX Runtime runs here: finding speech with silero.")
            : new(new EnergyVoiceActivityDetectors(), $"{problem}: finding speech by energy.");
}

/// <summary>Detectors and why they were chosen.</summary>
/// <param name="Detectors">Yours to dispose where it is <see cref="IDisposable"/>.</param>
/// <param name="Reason">One sentence for a person.</param>
public readonly record struct VoiceActivityDetectorsChoice(IVoiceActivityDetectors Detectors, string Reason);
