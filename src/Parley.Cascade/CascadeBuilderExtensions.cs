using System.Diagnostics.Metrics;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Server;
using Parley.Speech;
using Parley.Speech.Recognition;

namespace Parley.Cascade;

/// <summary>Adds the cascade (STT, a chat model and TTS) to the Live API server.</summary>
public static class CascadeBuilderExtensions
{
    /// <summary>
    /// Service key of an optional fallback <see cref="IChatClient"/>. It answers a turn whose chat model failed before it produced any
    /// text.
    /// </summary>
    public const string FallbackChatModelKey = "parley.fallback";

    /// <summary>
    /// Service key of an optional <see cref="IChatClient"/> that answers instead of the one without a key, which then is free for other uses.
    /// </summary>
    public const string ChatModelKey = "parley.chat-model";

    /// <summary>
    /// Serves every <c>gemini-*</c> model name with a cascade that runs in this process: STT, the <see cref="IChatClient"/> registered in
    /// the services, TTS. Options are read from the configuration sections <c>Cascade</c> and <c>Speech</c>, then changed by
    /// <paramref name="configure"/>, and validated when the host starts.
    /// </summary>
    /// <remarks>
    /// Speech engines that the application has registered take precedence over those of the section <c>Speech</c>: an
    /// <see cref="ISpeechRecognizer"/>, <see cref="IVoiceActivityDetectors"/>, <see cref="ISpeechSynthesizer"/> or
    /// <see cref="ITurnDetectors"/>, or an <c>ISpeechToTextClient</c> or <c>ITextToSpeechClient</c> of Microsoft.Extensions.AI. Without an
    /// <see cref="IChatClient"/> the host does not start; <c>UseLocalModel</c> of Parley.Assistant registers one.
    /// </remarks>
    /// <param name="builder">The builder that <c>AddLiveApi</c> returned.</param>
    /// <param name="configure">Changes the options after the configuration was read; null (the default) changes nothing.</param>
    public static LiveApiBuilder UseCascade(this LiveApiBuilder builder, Action<CascadeOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        builder.BindOptions<CascadeOptions>("Cascade", configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<CascadeOptions>, CascadeOptionsValidator>());
        builder.BindOptions<SpeechOptions>("Speech");
        services.AddMetrics();
        services.TryAddSingleton<CascadeEngines>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ILiveCheckpointCodec, CascadeCheckpointCodec>());
        services.TryAddSingleton(static provider =>
            new ModelStore(provider.GetRequiredService<IOptions<SpeechOptions>>().Value.ModelFolder ?? ModelStore.DefaultFolder));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ILiveHealthPart, EnginesHealth>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ILiveHealthPart, ChatModelHealth>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ILiveHealthPart, RecognizerHealth>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ILiveHealthPart, DetectorHealth>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ILiveHealthPart, SynthesizerHealth>());
        services.TryAddSingleton<CascadeWarmUp>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ILiveHealthPart, WarmUpHealth>());
        services.AddHostedService<CascadeStartup>();
        return builder.UseDefaultModel(Create);
    }

    internal static IChatClient? ChatModelOf(IServiceProvider provider) =>
        provider.GetKeyedService<IChatClient>(ChatModelKey) ?? provider.GetService<IChatClient>();

    private static CascadeModel Create(IServiceProvider provider)
    {
        var engines = provider.GetRequiredService<CascadeEngines>();
        var parts = new CascadeParts
        {
            ChatModel = ChatModelOf(provider) ?? throw new InvalidOperationException(
                "UseCascade needs a chat model, and no IChatClient is registered. Register one in the services, "
                + "or call UseLocalModel() of the package Parley.Assistant."),
            FallbackChatModel = provider.GetKeyedService<IChatClient>(FallbackChatModelKey),
            Synthesizer = engines.Synthesizer.Engine,
            FallbackSynthesizer = engines.FallbackSynthesizer,
            Recognizer = engines.Recognizer.Engine is AbsentRecognizer ? null : engines.Recognizer.Engine,
            Detectors = engines.Detectors.Engine,
            TurnDetectors = engines.TurnDetectors,
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
