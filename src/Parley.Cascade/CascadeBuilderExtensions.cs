using System.Diagnostics.Metrics;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Server;
using Parley.Speech;
using Parley.Speech.Recognition;
using Parley.Speech.TurnTaking;

namespace Parley.Cascade;

/// <summary>Adds the cascade to the Live API.</summary>
public static class CascadeBuilderExtensions
{
    /// <summary>Key under which an <see cref="IChatClient"/> of the services answers a turn whose chat model failed before it said anything.</summary>
    public const string FallbackChatModelKey = "parley.fallback";

    /// <summary>
    /// Answers every <c>gemini-*</c> model on this machine: STT, the <see cref="IChatClient"/> of the services, TTS. Options are read from the
    /// configuration sections <c>Cascade</c> and <c>Speech</c>, then from <paramref name="configure"/>. What the application has registered is
    /// used: an <see cref="ISpeechRecognizer"/>, <see cref="IVoiceActivityDetectors"/>, <see cref="ISpeechSynthesizer"/> or
    /// <see cref="ITurnDetector"/>, or a speech client of Microsoft.Extensions.AI.
    /// </summary>
    /// <param name="builder">The builder that <c>AddLiveApi</c> returned.</param>
    /// <param name="configure">Changes the options; null = as configured.</param>
    public static LiveApiBuilder UseCascade(this LiveApiBuilder builder, Action<CascadeOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        builder.BindOptions<CascadeOptions>("Cascade", configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<CascadeOptions>, CascadeOptionsValidator>());
        builder.BindOptions<SpeechOptions>("Speech");
        services.AddMetrics();
        services.TryAddSingleton<ITurnDetector, TranscriptTurnDetector>();
        services.TryAddSingleton<CascadeEngines>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ILiveCheckpointCodec, CascadeCheckpointCodec>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ILiveHealthPart, ChatModelHealth>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ILiveHealthPart, RecognizerHealth>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ILiveHealthPart, DetectorHealth>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ILiveHealthPart, SynthesizerHealth>());
        services.AddHostedService<CascadeReport>();
        return builder.UseDefaultModel(Create);
    }

    private static CascadeModel Create(IServiceProvider provider)
    {
        var engines = provider.GetRequiredService<CascadeEngines>();
        var parts = new CascadeParts
        {
            ChatModel = provider.GetService<IChatClient>() ?? throw new InvalidOperationException(
                "UseCascade needs a chat model. Register an IChatClient in the services, or call UseLocalModel() of the package Parley.Assistant instead."),
            FallbackChatModel = provider.GetKeyedService<IChatClient>(FallbackChatModelKey),
            Synthesizer = engines.Synthesizer.Engine,
            FallbackSynthesizer = engines.FallbackSynthesizer,
            Recognizer = engines.Recognizer.Engine is AbsentRecognizer ? null : engines.Recognizer.Engine,
            Detectors = engines.Detectors.Engine,
            TurnDetector = provider.GetRequiredService<ITurnDetector>(),
            Phrases = provider.GetService<ISpokenPhrases>(),
        };
        return new CascadeModel(
            parts,
            provider.GetRequiredService<IOptions<CascadeOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<CascadeModel>>(),
            provider.GetRequiredService<IMeterFactory>());
    }
}

[OptionsValidator]
internal sealed partial class CascadeOptionsValidator : IValidateOptions<CascadeOptions>;
