namespace Parley.Speech;

/// <summary>
/// Turn detector (endpointing): decides how much silence ends the turn of a user who has paused. The default follows rules on the
/// transcript; a turn-detection model can replace it. Thread-safe.
/// </summary>
public interface ITurnDetector
{
    /// <summary>Returns the silence that ends the turn. Must be fast, without input or output.</summary>
    /// <param name="partial">The transcript of the utterance so far; may be empty.</param>
    /// <param name="silence">The configured silence.</param>
    /// <returns>The silence to wait for in this turn: shorter if the words are clearly complete, longer if they clearly are not.</returns>
    TimeSpan GetEndOfTurnSilence(string partial, TimeSpan silence);
}
