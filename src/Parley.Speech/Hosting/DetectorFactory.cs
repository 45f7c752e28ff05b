using Parley.Speech.Activity;

namespace Parley.Speech.Hosting;

/// <summary>Creates activity detectors from configuration.</summary>
internal static class DetectorFactory
{
    public static SpeechStage<IVoiceActivityDetectors> Create(DetectorOptions options)
    {
        var (detectors, reason) = options.Provider.ToLowerInvariant() switch
        {
            SpeechProviders.Auto => VoiceActivityDetectors.CreateDefault(),
            SpeechProviders.Energy => new(new EnergyVoiceActivityDetectors(), "Detecting speech by energy, as configured."),
            SpeechProviders.Silero => SileroVoiceActivityDetectors.TryCreate(out var silero, out var problem)
                ? new(silero, "Detecting speech with silero, as configured.")
                : throw new InvalidOperationException($"Speech:Detector asks for silero, but {problem}."),
            _ => throw new InvalidOperationException($"Speech:Detector:Provider \"{options.Provider}\" is unknown. Use auto, silero or energy."),
        };
        return new(detectors, detectors.Name, reason);
    }
}
