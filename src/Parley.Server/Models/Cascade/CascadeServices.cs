using System.Diagnostics.Metrics;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Server.Brains;
using Parley.Speech;
using Parley.Speech.Recognition;
using Parley.Speech.TurnTaking;

namespace Parley.Server.Cascade;

/// <summary>
/// Registers the cascade as the model of every name nobody else answers. What is registered already stays: an
/// <see cref="ISpeechRecognizer"/>, <see cref="IVoiceActivityDetectors"/>, <see cref="ISpeechSynthesizer"/> or <see cref="ITurnDetector"/>
/// of the application, or a speech client of Microsoft.Extensions.AI, is used in place of what the section "Speech" describes.
/// </summary>
internal static class CascadeServices
{
    private const string Section = "Cascade";
    private const string SpeechSection = "Speech";

    internal static void AddCascade(this IServiceCollection services)
    {
        services.AddBrain();
        services.AddMetrics();
        services.AddOptionsWithValidateOnStart<CascadeOptions, CascadeOptionsValidator>()
            .Configure<IServiceProvider>(static (options, provider) => provider.GetService<IConfiguration>()?.GetSection(Section).Bind(options));
        services.AddOptions<SpeechOptions>()
            .Configure<IServiceProvider>(static (options, provider) => provider.GetService<IConfiguration>()?.GetSection(SpeechSection).Bind(options));
        services.TryAddSingleton<ITurnDetector, TranscriptTurnDetector>();
        services.TryAddSingleton<CascadeEngines>();
        services.AddSingleton<IHealthPart>(static provider => new BrainHealth(provider.GetRequiredService<IChatClient>()));
        services.AddSingleton<IHealthPart>(static provider => new EngineHealth("recognizer", provider, static engines => engines.Recognizer.State));
        services.AddSingleton<IHealthPart>(static provider => new EngineHealth("detector", provider, static engines => engines.Detectors.State));
        services.AddSingleton<IHealthPart>(static provider => new EngineHealth("synthesizer", provider, static engines => engines.Synthesizer.State));
        services.AddHostedService<CascadeReport>();
        services.TryAddSingleton<ILiveModel>(static provider =>
        {
            var engines = provider.GetRequiredService<CascadeEngines>();
            var time = provider.GetRequiredService<TimeProvider>();
            return new CascadeModel(
                new CascadeParts
                {
                    Brain = provider.GetRequiredService<IChatClient>(),
                    FallbackBrain = provider.GetRequiredService<BrainFallback>().Client,
                    Voice = engines.Synthesizer.Engine,
                    FallbackVoice = engines.FallbackVoice,
                    Recognizer = engines.Recognizer.Engine is AbsentRecognizer ? null : engines.Recognizer.Engine,
                    Detectors = engines.Detectors.Engine,
                    TurnEnd = provider.GetRequiredService<ITurnDetector>(),
                    Phrases = provider.GetService<ISpokenPhrases>(),
                },
                provider.GetRequiredService<IOptions<CascadeOptions>>().Value,
                time,
                provider.GetRequiredService<ILogger<CascadeModel>>(),
                provider.GetRequiredService<IMeterFactory>());
        });
    }

    private sealed class BrainHealth(IChatClient brain) : IHealthPart
    {
        public string Name => "brain";

        public string State => brain.GetService<ChatClientMetadata>() is { } about ? $"{about.ProviderName}: {about.DefaultModelId}" : brain.GetType().Name;
    }

    private sealed class EngineHealth(string name, IServiceProvider services, Func<CascadeEngines, string> state) : IHealthPart
    {
        public string Name => name;

        public string State => state(services.GetRequiredService<CascadeEngines>());
    }
}

[OptionsValidator]
internal sealed partial class CascadeOptionsValidator : IValidateOptions<CascadeOptions>;
