namespace Parley.Speech.Activity;

/// <summary>Finds the best activity detector of this machine.</summary>
internal static class VoiceActivityDetectors
{
    /// <summary>Returns Silero if ONNX Runtime is available, otherwise the energy detector; never fails.</summary>
    /// <returns>The detectors, and a sentence for logs and health pages that says why.</returns>
    public static VoiceActivityDetectorsChoice CreateDefault() =>
        SileroVoiceActivityDetectors.TryCreate(out var silero, out var problem)
            ? new(silero, "ONNX Runtime is available: detecting speech with silero.")
            : new(new EnergyVoiceActivityDetectors(), $"{problem}: detecting speech by energy.");
}

/// <summary>Detectors and why they were chosen.</summary>
/// <param name="Detectors">Owned by the caller; dispose it if it is <see cref="IDisposable"/>.</param>
/// <param name="Reason">One sentence for logs and health pages.</param>
internal readonly record struct VoiceActivityDetectorsChoice(IVoiceActivityDetectors Detectors, string Reason);
