#pragma warning disable MEAI001 // Speech in Microsoft.Extensions.AI is experimental; applications that register such clients accept that.
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Speech;
using Parley.Speech.Hosting;

namespace Parley.Cascade;

/// <summary>The engine chosen for a stage, and the reason for the choice.</summary>
internal sealed record CascadeEngine<T>(T Engine, string Name, string Reason)
    where T : class
{
    /// <summary>Text for the health page.</summary>
    internal string State => Engine is IEngineStatus { Status.Length: > 0 } engine ? $"{Reason} {engine.Status}" : Reason;
}

/// <summary>The speech engines: those the application has registered, else those the configuration section "Speech" describes.</summary>
internal sealed class CascadeEngines : IDisposable
{
    private const string NotNeeded = "none";

    private readonly SpeechEngines _local;
    private readonly ITurnDetectors? _ownTurnDetectors;

    public CascadeEngines(
        IServiceProvider services, IOptions<SpeechOptions> options, IOptions<CascadeOptions> cascade, TimeProvider timeProvider, ILoggerFactory loggers)
    {
        // First: it is the cheapest to get wrong, and starts no process.
        TurnDetectors = services.GetService<ITurnDetectors>()
            ?? (_ownTurnDetectors = TurnDetectorFactory.Create(
                cascade.Value.TurnDetector, services.GetService<ModelStore>() ?? new ModelStore(ModelStore.DefaultFolder)));
        // The container owns the clients behind these adapters, so they are not disposed here.
        var recognizer = services.GetService<ISpeechRecognizer>() ?? services.GetService<ISpeechToTextClient>()?.AsSpeechRecognizer();
        var detectors = services.GetService<IVoiceActivityDetectors>();
        var synthesizer = services.GetService<ISpeechSynthesizer>() ?? services.GetService<ITextToSpeechClient>()?.AsSpeechSynthesizer();
        var speech = options.Value;
        // Do not create an engine that the application replaces.
        if (recognizer is not null)
            speech.Recognizer.Provider = NotNeeded;
        if (detectors is not null)
            speech.Detector.Provider = "energy";
        _local = SpeechEngines.Create(speech, timeProvider, loggers, services.GetServices<IRecognizerProvider>());
        Recognizer = recognizer is null ? Local(_local.Recognizer) : Registered(recognizer, recognizer.Name);
        Detectors = detectors is null ? Local(_local.Detectors) : Registered(detectors, detectors.Name);
        Synthesizer = synthesizer is null ? Local(_local.Synthesizer) : Registered(synthesizer, synthesizer.Name);
        // The configured synthesizer is the fallback of a registered one; tones are the fallback of the configured one.
        FallbackSynthesizer = synthesizer is null ? new ToneSynthesizer() : _local.Synthesizer.Engine;
    }

    internal CascadeEngine<ISpeechRecognizer> Recognizer { get; }

    internal CascadeEngine<IVoiceActivityDetectors> Detectors { get; }

    internal CascadeEngine<ISpeechSynthesizer> Synthesizer { get; }

    internal ISpeechSynthesizer FallbackSynthesizer { get; }

    /// <summary>Null if the configured silence always ends the turn.</summary>
    internal ITurnDetectors? TurnDetectors { get; }

    public void Dispose()
    {
        _local.Dispose();
        (_ownTurnDetectors as IDisposable)?.Dispose();
    }

    private static CascadeEngine<T> Local<T>(SpeechStage<T> stage)
        where T : class => new(stage.Engine, stage.Name, stage.Reason);

    private static CascadeEngine<T> Registered<T>(T engine, string name)
        where T : class => new(engine, name, $"{name}, registered by the application.");
}
