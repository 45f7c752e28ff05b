using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Parley.Server;
using Parley.Speech;
using Parley.Speech.Recognition;

namespace Parley.Cascade;

/// <summary>
/// Says at the start which engines hear and speak, and what is missing; it also makes them then, so that models are loaded before the first
/// user speaks, and an engine that was asked for and is not there stops the start. Silent where the server has another default model.
/// </summary>
internal sealed partial class CascadeReport(IServiceProvider services, ILogger<CascadeModel> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (services.GetService<ILiveModel>() is CascadeModel)
        {
            var engines = services.GetRequiredService<CascadeEngines>();
            Log.Ready(logger, engines.Recognizer.Name, engines.Recognizer.Reason, engines.Detectors.Name, engines.Detectors.Reason, engines.Synthesizer.Name, engines.Synthesizer.Reason);
            if (engines.Recognizer.Engine is AbsentRecognizer)
                Log.NoRecognizer(logger, engines.Recognizer.Reason);
            if (engines.Synthesizer.Engine is ToneSynthesizer)
                Log.NoVoice(logger, engines.Synthesizer.Reason);
        }
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(EventIds.SpeechReady, LogLevel.Information, "Recognizer {Recognizer} ({RecognizerReason}), detector {Detector} ({DetectorReason}), voice {Voice} ({VoiceReason})")]
        public static partial void Ready(
            ILogger logger, string recognizer, string recognizerReason, string detector, string detectorReason, string voice, string voiceReason);

        [LoggerMessage(EventIds.SpeechPartMissing, LogLevel.Warning, "No recognizer: what users say is not understood, and the brain is told only how long they spoke. {Reason}")]
        public static partial void NoRecognizer(ILogger logger, string reason);

        [LoggerMessage(EventIds.VoiceMissing, LogLevel.Warning, "No voice: answers are tones. {Reason}")]
        public static partial void NoVoice(ILogger logger, string reason);
    }
}
