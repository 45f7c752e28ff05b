namespace Parley.Speech;

/// <summary>Speech synthesis (TTS). Handles any number of streams at once. Thread-safe.</summary>
public interface ISpeechSynthesizer
{
    /// <summary>A short name for logs and health pages: "flite", "tone".</summary>
    string Name { get; }

    /// <summary>Speaks a text of any length and any content.</summary>
    /// <param name="text">The text. Characters that cannot be spoken are dropped; if nothing is left, the stream is empty.</param>
    /// <param name="voice">The voice; one of <see cref="VoiceCatalog"/> or your own.</param>
    /// <param name="cancellationToken">Stops synthesis; the enumeration then throws <see cref="OperationCanceledException"/>.</param>
    /// <returns>24 kHz mono PCM16 in chunks of 20 to 100 ms, faster than real time; the caller may keep the chunks.</returns>
    IAsyncEnumerable<ReadOnlyMemory<byte>> SpeakAsync(string text, SpeechVoice voice, CancellationToken cancellationToken = default);
}
