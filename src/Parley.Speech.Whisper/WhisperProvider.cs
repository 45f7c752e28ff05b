using Microsoft.Extensions.Logging;
using Parley.Speech.Hosting;

namespace Parley.Speech.Whisper;

/// <summary>Offers Whisper to the configuration of speech engines.</summary>
internal sealed class WhisperProvider : IRecognizerProvider
{
    internal const string ProviderName = "whisper";

    public string Name => ProviderName;

    public SpeechStage<ISpeechRecognizer>? TryCreate(RecognizerOptions options, TimeProvider time, ILoggerFactory loggers, out string problem) =>
        WhisperRecognizer.TryCreate(options.Whisper, time, loggers.CreateLogger<WhisperRecognizer>(), out var recognizer, out problem)
            ? new(recognizer, recognizer.Name, recognizer.Reason)
            : null;
}
