namespace Parley.Speech;

/// <summary>
/// Gives the probability of speech for each short window of 16 kHz mono PCM16. One instance per stream, because it remembers
/// what came before. Not thread-safe.
/// </summary>
public interface IVoiceActivityDetector : IDisposable
{
    /// <summary>The samples of one window at 16 kHz; the same for the life of the detector.</summary>
    int WindowSamples { get; }

    /// <summary>Takes the next window of the stream.</summary>
    /// <param name="window">Exactly <see cref="WindowSamples"/> samples.</param>
    /// <returns>The probability of speech, 0 to 1.</returns>
    /// <exception cref="ArgumentException"><paramref name="window"/> has another length.</exception>
    float Process(ReadOnlySpan<short> window);

    /// <summary>Forgets the stream so far.</summary>
    void Reset();
}
