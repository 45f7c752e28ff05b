using Microsoft.Extensions.Logging;
using Parley.Speech.Hosting;

namespace Parley.Speech;

/// <summary>The speech engines: recognition, voice activity detection and synthesis, created from configuration. Thread-safe; one set
/// serves all
/// sessions of a server.</summary>
/// <remarks>
/// "auto" never fails: if an engine is missing, a simpler one or none is used, and the reason says so. An engine that is configured by name
/// must be available, otherwise <c>Create</c> throws.
/// </remarks>
public sealed class SpeechEngines : IDisposable
{
    private SpeechEngines(SpeechStage<ISpeechRecognizer> recognizer, SpeechStage<IVoiceActivityDetectors> detectors, SpeechStage<ISpeechSynthesizer> synthesizer)
    {
        Recognizer = recognizer;
        Detectors = detectors;
        Synthesizer = synthesizer;
    }

    /// <summary>Recognizes speech; named "none" if there is no recognizer.</summary>
    public SpeechStage<ISpeechRecognizer> Recognizer { get; }

    /// <summary>Detects speech.</summary>
    public SpeechStage<IVoiceActivityDetectors> Detectors { get; }

    /// <summary>Synthesizes speech.</summary>
    public SpeechStage<ISpeechSynthesizer> Synthesizer { get; }

    /// <summary>Creates the engines. Models load in the background.</summary>
    /// <param name="options">Which engines.</param>
    /// <param name="timeProvider">The clock of all timeouts.</param>
    /// <param name="loggers">Creates the loggers of the engines.</param>
    /// <exception cref="InvalidOperationException">An engine that is configured by name is missing, or its settings are incomplete; the
    /// message says what to do.</exception>
    public static SpeechEngines Create(SpeechOptions options, TimeProvider timeProvider, ILoggerFactory loggers) => Create(options, timeProvider, loggers, []);

    /// <summary>Creates the engines, also those that other packages bring.</summary>
    internal static SpeechEngines Create(SpeechOptions options, TimeProvider timeProvider, ILoggerFactory loggers, IEnumerable<IRecognizerProvider> recognizers)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(timeProvider);
        ArgumentNullException.ThrowIfNull(loggers);

        var made = new List<object>();
        try
        {
            return new(
                Keep(new RecognizerFactory(options.Recognizer, [.. recognizers], timeProvider, loggers).Create()),
                Keep(DetectorFactory.Create(options.Detector)),
                Keep(new SynthesizerFactory(options.Synthesizer, new ModelStore(options.ModelFolder ?? ModelStore.DefaultFolder), timeProvider, loggers).Create()));
        }
        catch
        {
            // An error in one stage must not leave processes of another running.
            made.ForEach(engine => (engine as IDisposable)?.Dispose());
            throw;
        }

        SpeechStage<T> Keep<T>(SpeechStage<T> stage)
            where T : class
        {
            made.Add(stage.Engine);
            return stage;
        }
    }

    /// <summary>Ends all engines and their processes.</summary>
    public void Dispose()
    {
        (Recognizer.Engine as IDisposable)?.Dispose();
        (Detectors.Engine as IDisposable)?.Dispose();
        (Synthesizer.Engine as IDisposable)?.Dispose();
    }
}
