namespace Parley.Speech.Whisper.Streaming;

/// <summary>What all utterances of a recognizer have in common.</summary>
/// <param name="IsMultilingual">Whether the model knows other languages than English.</param>
/// <param name="AudioContext">The longest input of the encoder in frames of 20 ms.</param>
/// <param name="MinAudioContext">The shortest.</param>
/// <param name="PartialInterval">Audio between two partial passes; zero for no partial passes.</param>
/// <param name="Language">Whisper's code of the configured language; "auto" to detect it each time; null if none is configured.</param>
internal sealed record WhisperSettings(bool IsMultilingual, int AudioContext, int MinAudioContext, TimeSpan PartialInterval, string? Language)
{
    // Rounded up, because the kernels work on blocks; and what follows the last word helps to end the text.
    private const int Block = 64;
    private const int Margin = 50;
    private const int FrameSamples = 320;

    /// <summary>How much higher the temperature of a second attempt is. A third one would be above 1, so there is none.</summary>
    public const float TemperatureStep = 0.6f;

    /// <summary>Whisper's code of the language of an utterance; null if it is to be detected.</summary>
    public string? LanguageOf(RecognitionRequest request)
    {
        if (!IsMultilingual)
            return "en";
        if (Language is not null)
            return Language == WhisperLanguage.Detect ? null : Language;
        return request.Language is { Length: > 0 } language && WhisperLanguage.CodeOf(language) is { } code ? code : request.Speaker?.Language;
    }

    /// <summary>The input of the encoder for a number of samples.</summary>
    public int AudioContextFor(int samples)
    {
        var frames = (samples / FrameSamples) + Margin;
        return Math.Clamp((frames + Block - 1) / Block * Block, Math.Min(MinAudioContext, AudioContext), AudioContext);
    }

    /// <summary>More tokens than anyone speaks: twelve a second, of which fast speech has seven.</summary>
    public static int MaxTokensFor(int samples) => 16 + (samples * 12 / 16_000);
}
