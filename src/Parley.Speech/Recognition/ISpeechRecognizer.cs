namespace Parley.Speech;

/// <summary>Speech recognition (STT), streaming. Handles any number of utterances at once. Thread-safe.</summary>
public interface ISpeechRecognizer
{
    /// <summary>A short name for logs and health pages: "pocketsphinx", "openai".</summary>
    string Name { get; }

    /// <summary>
    /// Whether partial transcripts have only words that will hardly change, so that they can be shown at once; false by default: the newest
    /// words are guesses.
    /// </summary>
    bool HasStablePartials => false;

    /// <summary>
    /// Begins an utterance. Returns at once: if no engine is free, the audio is queued.
    /// </summary>
    /// <param name="request">What is known of the utterance beforehand.</param>
    /// <returns>The utterance, to be fed, finished or disposed.</returns>
    IRecognition Start(RecognitionRequest request);
}
