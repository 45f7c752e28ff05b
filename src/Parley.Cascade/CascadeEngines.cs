#pragma warning disable MEAI001 // Speech in Microsoft.Extensions.AI is experimental; an application that registered such clients has accepted that.
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Speech;

namespace Parley.Cascade;

/// <summary>An engine of a stage, and why it is this one.</summary>
internal sealed record CascadeEngine<T>(T Engine, string Name, string Reason)
    where T : class
{
    /// <summary>For health pages.</summary>
    internal string State => Engine is IEngineStatus { Status.Length: > 0 } engine ? $"{Reason} {engine.Status}" : Reason;
}

/// <summary>The engines for speech: those of the application where it registered some, else those that the section "Speech" describes.</summary>
internal sealed class CascadeEngines : IDisposable
{
    private const string NotNeeded = "none";

    private readonly SpeechEngines _local;

    public CascadeEngines(IServiceProvider services, IOptions<SpeechOptions> options, TimeProvider timeProvider, ILoggerFactory loggers)
    {
        // Adapters of clients that the container owns: they are not disposed here.
        var recognizer = services.GetService<ISpeechRecognizer>() ?? services.GetService<ISpeechToTextClient>()?.AsSpeechRecognizer();
        var detectors = services.GetService<IVoiceActivityDetectors>();
        var synthesizer = services.GetService<ISpeechSynthesizer>() ?? services.GetService<ITextToSpeechClient>()?.AsSpeechSynthesizer();
        var speech = options.Value;
        // What the application has is not made a second time.
        if (recognizer is not null)
            speech.Recognizer.Provider = NotNeeded;
        if (detectors is not null)
            speech.Detector.Provider = "energy";
        _local = SpeechEngines.Create(speech, timeProvider, loggers);
        Recognizer = recognizer is null ? Local(_local.Recognizer) : OfApplication(recognizer, recognizer.Name);
        Detectors = detectors is null ? Local(_local.Detectors) : OfApplication(detectors, detectors.Name);
        Synthesizer = synthesizer is null ? Local(_local.Synthesizer) : OfApplication(synthesizer, synthesizer.Name);
        // A voice of the application is stood in for by one of this machine, and that by tones.
        FallbackSynthesizer = synthesizer is null ? new ToneSynthesizer() : _local.Synthesizer.Engine;
    }

    internal CascadeEngine<ISpeechRecognizer> Recognizer { get; }

    internal CascadeEngine<IVoiceActivityDetectors> Detectors { get; }

    internal CascadeEngine<ISpeechSynthesizer> Synthesizer { get; }

    internal ISpeechSynthesizer FallbackSynthesizer { get; }

    public void Dispose() => _local.Dispose();

    private static CascadeEngine<T> Local<T>(SpeechStage<T> stage)
        where T : class => new(stage.Engine, stage.Name, stage.Reason);

    private static CascadeEngine<T> OfApplication<T>(T engine, string name)
        where T : class => new(engine, name, $"{name}, of the application.");
}
