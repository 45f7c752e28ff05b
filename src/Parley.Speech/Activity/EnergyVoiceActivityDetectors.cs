using Parley.Speech.Activity;

namespace Parley.Speech;

/// <summary>Makes detectors that take audio well above the noise floor for speech. Cheap, needs no model, works in quiet rooms.</summary>
public sealed class EnergyVoiceActivityDetectors : IVoiceActivityDetectors
{
    /// <inheritdoc/>
    public string Name => "energy";

    /// <inheritdoc/>
    public IVoiceActivityDetector Create() => new EnergyVoiceActivityDetector();
}
