namespace Parley.Speech;

/// <summary>Selects the turn detector. Configuration section "Cascade:TurnDetector".</summary>
public sealed class TurnDetectorOptions
{
    /// <summary>
    /// "rules" (default): by rules on the words; "prosody": by the voice alone; "both": by the voice and the words; "smart-turn": a network
    /// like Smart Turn v3, see <see cref="Model"/>; "none": the configured silence always ends the turn.
    /// </summary>
    public string Provider { get; set; } = "rules";

    /// <summary>The model of "smart-turn": the name of an installed one, or the path of an ONNX file. Default "smart-turn".</summary>
    public string Model { get; set; } = "smart-turn";
}
