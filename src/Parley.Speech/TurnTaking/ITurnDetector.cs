namespace Parley.Speech;

/// <summary>
/// Estimates whether the user's turn is over, for one session: from the audio and its voice activity, the transcript so far, and who spoke
/// before. It does not decide: the session turns the probability, the silence so far and the configured silence into the end of the turn.
/// Not thread-safe.
/// </summary>
/// <remarks>
/// All members are called under the lock of the session, for every piece of audio: they must return at once and should not allocate. A
/// detector that needs more than a millisecond works on a thread of its own and returns the newest result, or <see cref="float.NaN"/> until
/// there is one. A detector that throws or takes long is not asked again in the session.
/// </remarks>
public interface ITurnDetector : IDisposable
{
    /// <summary>
    /// The user starts to speak: estimates of the turn before no longer hold. The audio before it belongs to the stream too.
    /// </summary>
    void BeginTurn();

    /// <summary>Takes the next audio of the session, whether the user speaks or not.</summary>
    /// <param name="samples">16 kHz mono PCM16, at most 100 ms.</param>
    /// <param name="speech">Probability of speech at its end, 0 to 1, from the voice activity detector.</param>
    void Process(ReadOnlySpan<short> samples, float speech);

    /// <summary>
    /// Returns the probability that the turn is over, 0 to 1; 0.5 or <see cref="float.NaN"/> for "unknown". Called when the user pauses,
    /// again
    /// and again while the silence grows, and whenever the transcript changes.
    /// </summary>
    /// <param name="state">What is known of the turn.</param>
    float GetEndProbability(in TurnState state);
}

/// <summary>Makes turn detectors, one for each session. Register it to replace the built-in ones. Thread-safe.</summary>
public interface ITurnDetectors
{
    /// <summary>A short name for logs and health pages: "rules", "prosody".</summary>
    string Name { get; }

    /// <summary>A detector for a new session; the session disposes it.</summary>
    ITurnDetector Create();
}

/// <summary>What is known of the user's turn besides its audio.</summary>
/// <param name="Partial">The transcript so far; empty before the first words, and without a recognizer.</param>
/// <param name="Silence">Since the last sample of speech; zero while the user speaks.</param>
/// <param name="Speech">From the first to the last sample of speech in this turn.</param>
/// <param name="SinceAnswer">From the end of the assistant's last answer to the start of this turn; null if there was none.</param>
/// <param name="AnswersQuestion">Whether that answer ended with a question.</param>
public readonly record struct TurnState(string Partial, TimeSpan Silence, TimeSpan Speech, TimeSpan? SinceAnswer, bool AnswersQuestion);
