namespace Parley.Speech;

/// <summary>Understands speech while it is spoken. Serves any number of utterances at once and is safe to share.</summary>
public interface ISpeechRecognizer
{
    /// <summary>A short name for logs and health pages: "pocketsphinx", "openai".</summary>
    string Name { get; }

    /// <summary>
    /// Begins an utterance. Returns at once: where no engine is free, the sound is kept and recognised as soon as one is.
    /// </summary>
    /// <param name="request">What is known of the utterance beforehand.</param>
    /// <returns>The utterance, to be fed, finished or disposed.</returns>
    IRecognition Start(RecognitionRequest request);
}
