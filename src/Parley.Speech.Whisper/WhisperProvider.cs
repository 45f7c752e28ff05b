using Microsoft.Extensions.Logging;
using Parley.Speech.Hosting;

namespace Parley.Speech.Whisper;

/// <summary>Offers Whisper to the configuration of speech engines.</summary>
/// <param name="models">The folder of installed models.</param>
internal sealed class WhisperProvider(ModelStore models) : IRecognizerProvider
{
    internal const string ProviderName = "whisper";

    public string Name => ProviderName;

    /// <inheritdoc/>
    /// <remarks>A model that is configured must be usable, even if the provider is "auto".</remarks>
    public SpeechStage<ISpeechRecognizer>? TryCreate(RecognizerOptions options, TimeProvider time, ILoggerFactory loggers, out string problem)
    {
        if (WhisperRecognizer.TryCreate(options.Whisper, models, time, loggers.CreateLogger<WhisperRecognizer>(), out var recognizer, out problem))
            return new(recognizer, recognizer.Name, recognizer.Reason);
        return string.IsNullOrWhiteSpace(options.Whisper.Model) ? null : throw new InvalidOperationException($"Speech:Recognizer:Whisper: {problem}");
    }
}
