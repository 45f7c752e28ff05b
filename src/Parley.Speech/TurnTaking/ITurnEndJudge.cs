namespace Parley.Speech;

/// <summary>
/// Says how much silence ends the turn of a speaker who has said something and is quiet now. A rule by default; a model for turn ends
/// can take its place. Safe to share.
/// </summary>
public interface ITurnEndJudge
{
    /// <summary>Judges what was said so far. Quick, and without input or output.</summary>
    /// <param name="partial">What the recognizer has understood of the utterance so far; empty where it has nothing.</param>
    /// <param name="silence">The silence that was configured.</param>
    /// <returns>The silence to wait for in this turn: shorter where the words are plainly complete, longer where they plainly are not.</returns>
    TimeSpan SilenceFor(string partial, TimeSpan silence);
}
