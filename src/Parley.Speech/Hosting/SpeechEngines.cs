using Microsoft.Extensions.Logging;

namespace Parley.Speech;

/// <summary>The engines that hear and speak, made from configuration. Safe to share; one set serves all sessions of a server.</summary>
/// <remarks>
/// "auto" never fails: a stage goes without, or with less, and says so in its reason. An engine that was named must be there, else
/// <see cref="Create"/> throws: who asks for one by name does not want another.
/// </remarks>
public sealed class SpeechEngines : IDisposable
{
    private SpeechEngines(SpeechStage<ISpeechRecognizer> recognizer, SpeechStage<IVoiceActivityDetectors> detectors, SpeechStage<ISpeechSynthesizer> synthesizer)
    {
        Recognizer = recognizer;
        Detectors = detectors;
        Synthesizer = synthesizer;
    }

    /// <summary>What understands speech; <see cref="AbsentRecognizer"/> where nothing does.</summary>
    public SpeechStage<ISpeechRecognizer> Recognizer { get; }

    /// <summary>What finds speech in sound.</summary>
    public SpeechStage<IVoiceActivityDetectors> Detectors { get; }

    /// <summary>What speaks.</summary>
    public SpeechStage<ISpeechSynthesizer> Synthesizer { get; }

    /// <summary>Makes the engines. Models load in the background.</summary>
    /// <param name="options">Which ones.</param>
    /// <param name="timeProvider">The clock of all time-outs.</param>
    /// <param name="loggers">Where engines log to.</param>
    /// <exception cref="InvalidOperationException">An engine that was named is not there, or its settings are not whole; the text says what would help.</exception>
    public static SpeechEngines Create(SpeechOptions options, TimeProvider timeProvider, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(timeProvider);
        ArgumentNullException.ThrowIfNull(loggers);

        var made = new List<object>();
        try
        {
            return new(
                Keep(RecognizerFactory.Create(options.Recognizer, timeProvider, loggers)),
                Keep(DetectorFactory.Create(options.Detector)),
                Keep(SynthesizerFactory.Create(options.Synthesizer, timeProvider, loggers)));
        }
        catch
        {
            // A mistake in one stage leaves no processes of another behind.
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
