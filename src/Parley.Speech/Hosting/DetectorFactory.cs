namespace Parley.Speech;

/// <summary>Makes activity detectors from configuration.</summary>
internal static class DetectorFactory
{
    public static SpeechStage<IVoiceActivityDetectors> Create(DetectorOptions options)
    {
        var (detectors, reason) = options.Provider.ToLowerInvariant() switch
        {
            SpeechProviders.Auto => VoiceActivityDetectors.CreateDefault(),
            SpeechProviders.Energy => new(new EnergyVoiceActivityDetectors(), "Finding speech by energy, as configured."),
            SpeechProviders.Silero => SileroVoiceActivityDetectors.TryCreate(out var silero, out var problem)
                ? new(silero, "Finding speech with silero, as configured.")
                : throw new InvalidOperationException($"Speech:Detector asks for silero, but {problem}."),
            _ => throw new InvalidOperationException($"Speech:Detector: there is no provider \"{options.Provider}\". There are auto, silero, energy."),
        };
        return new(detectors, detectors.Name, reason);
    }
}
