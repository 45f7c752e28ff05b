using Parley.Speech.TurnTaking;
using Parley.Speech.TurnTaking.Prosody;
using Parley.Speech.TurnTaking.SmartTurn;

namespace Parley.Speech.Hosting;

/// <summary>Creates turn detectors from configuration.</summary>
internal static class TurnDetectorFactory
{
    private const string Section = "Cascade:TurnDetector";
    private const string SmartTurn = "smart-turn";

    /// <summary>Creates the detectors; null for "none".</summary>
    /// <exception cref="InvalidOperationException">The provider is unknown, or its model is missing or damaged.</exception>
    public static ITurnDetectors? Create(TurnDetectorOptions options, ModelStore models) => options.Provider.ToLowerInvariant() switch
    {
        "both" => ProsodyTurnDetectors.ByVoiceAndWords(),
        "prosody" => ProsodyTurnDetectors.ByVoice(),
        "rules" => new TranscriptTurnDetectors(),
        SmartTurn => SpeechProviders.Configured(Section, () => new SmartTurnDetectors(models.Resolve(options.Model, SmartTurn))),
        SpeechProviders.None => null,
        _ => throw new InvalidOperationException($"{Section}:Provider \"{options.Provider}\" is unknown. Use both, prosody, rules, smart-turn or none."),
    };
}
