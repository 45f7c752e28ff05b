using Microsoft.Extensions.Logging;
using Parley.Speech.Hosting;
using Parley.Speech.Models;

namespace Parley.Speech.Whisper;

/// <summary>Offers Whisper to the configuration of speech engines.</summary>
internal sealed class WhisperProvider(ModelStore models) : IRecognizerProvider
{
    internal const string ProviderName = "whisper";

    public string Name => ProviderName;

    public SpeechStage<ISpeechRecognizer>? TryCreate(RecognizerOptions options, TimeProvider time, ILoggerFactory loggers, out string problem)
    {
        // A name is one of the store of this application, whose folder is configured.
        if ((options.Whisper.Model ?? ModelChoice.Best(models, ModelEngines.Whisper)?.Name) is { Length: > 0 } model)
            options.Whisper.Model = models.Resolve(model, ModelEngines.Whisper);
        return WhisperRecognizer.TryCreate(options.Whisper, time, loggers.CreateLogger<WhisperRecognizer>(), out var recognizer, out problem)
            ? new(recognizer, recognizer.Name, recognizer.Reason)
            : null;
    }
}
