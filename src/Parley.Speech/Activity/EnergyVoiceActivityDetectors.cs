namespace Parley.Speech;

/// <summary>Makes detectors that go by loudness; see <see cref="EnergyVoiceActivityDetector"/>. Needs nothing.</summary>
public sealed class EnergyVoiceActivityDetectors : IVoiceActivityDetectors
{
    /// <inheritdoc/>
    public string Name => "energy";

    /// <inheritdoc/>
    public IVoiceActivityDetector Create() => new EnergyVoiceActivityDetector();
}
