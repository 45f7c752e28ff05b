using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Parley.Server;
using Parley.Speech;
using Parley.Speech.Recognition;

namespace Parley.Cascade;

/// <summary>
/// Creates the speech engines when the host starts and logs which ones are used and what is missing. Models are therefore loaded before the
/// first user speaks, and a configured engine that is not available stops the host. Once the server listens, <see cref="CascadeWarmUp"/>
/// begins. Does nothing if the server has another default model.
/// </summary>
internal sealed partial class CascadeStartup(
    IServiceProvider services, CascadeWarmUp warmUp, ILogger<CascadeModel> logger, IHostApplicationLifetime? lifetime = null) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (services.GetService<ILiveModel>() is CascadeModel model)
        {
            var engines = services.GetRequiredService<CascadeEngines>();
            Log.Ready(
                logger, engines.Recognizer.Name, engines.Recognizer.Reason, engines.Detectors.Name, engines.Detectors.Reason,
                engines.Synthesizer.Name, engines.Synthesizer.Reason, engines.TurnDetectors?.Name ?? "none");
            if (engines.Recognizer.Engine is AbsentRecognizer)
                Log.NoRecognizer(logger, engines.Recognizer.Reason);
            if (engines.Synthesizer.Engine is ToneSynthesizer)
                Log.NoSynthesizer(logger, engines.Synthesizer.Reason);
            if (lifetime is not null && warmUp.Prepare(model))
                lifetime.ApplicationStarted.Register(() => warmUp.Start(model));
        }
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => warmUp.StopAsync();

    private static partial class Log
    {
        [LoggerMessage(
            EventIds.SpeechReady, LogLevel.Information,
            "Speech engines ready: recognizer {Recognizer} ({RecognizerReason}), detector {Detector} ({DetectorReason}), "
            + "synthesizer {Synthesizer} ({SynthesizerReason}), turn detector {TurnDetector}")]
        public static partial void Ready(
            ILogger logger, string recognizer, string recognizerReason, string detector, string detectorReason, string synthesizer,
            string synthesizerReason, string turnDetector);

        [LoggerMessage(
            EventIds.RecognizerMissing, LogLevel.Warning,
            "No speech recognizer: the chat model is told only how long users spoke. {Reason}")]
        public static partial void NoRecognizer(ILogger logger, string reason);

        [LoggerMessage(EventIds.SynthesizerMissing, LogLevel.Warning, "No speech synthesizer: answers are tones. {Reason}")]
        public static partial void NoSynthesizer(ILogger logger, string reason);
    }
}
