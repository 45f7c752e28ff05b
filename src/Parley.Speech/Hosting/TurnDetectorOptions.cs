namespace Parley.Speech;

/// <summary>Selects the turn detector. Configuration section "Cascade:TurnDetector".</summary>
public sealed class TurnDetectorOptions
{
    /// <summary>
    /// "both" (default): by the voice and the words; "prosody": by the voice alone; "rules": by rules on the words; "smart-turn": a network
    /// like Smart Turn v3, see <see cref="Model"/>; "none": the configured silence always ends the turn.
    /// </summary>
    public string Provider { get; set; } = "both";

    /// <summary>The model of "smart-turn": the name of an installed one, or the path of an ONNX file. Default "smart-turn".</summary>
    public string Model { get; set; } = "smart-turn";
}
