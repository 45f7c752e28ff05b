namespace Parley.Speech.TurnTaking;

/// <summary>Makes detectors that follow rules on the words.</summary>
internal sealed class TranscriptTurnDetectors : ITurnDetectors
{
    /// <inheritdoc/>
    public string Name => "rules";

    /// <inheritdoc/>
    public ITurnDetector Create() => new TranscriptTurnDetector();
}
