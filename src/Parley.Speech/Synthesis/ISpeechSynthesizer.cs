namespace Parley.Speech;

/// <summary>Speaks text. Implementations serve any number of streams at once and are safe to share.</summary>
public interface ISpeechSynthesizer
{
    /// <summary>A short name for logs and health pages: "flite", "tone".</summary>
    string Name { get; }

    /// <summary>Speaks a text of any length and any content.</summary>
    /// <param name="text">What to say. What cannot be spoken is left out; if nothing is left, no sound comes.</param>
    /// <param name="voice">Who says it; one of <see cref="VoiceCatalog"/> or one of your own.</param>
    /// <param name="cancellationToken">Stops the voice; the enumeration then throws <see cref="OperationCanceledException"/>.</param>
    /// <returns>24 kHz mono PCM16 in chunks of 20 to 100 ms, faster than real time; each chunk is the caller's to keep.</returns>
    IAsyncEnumerable<ReadOnlyMemory<byte>> SpeakAsync(string text, SpeechVoice voice, CancellationToken cancellationToken = default);
}
