using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Parley.Assistant.Grammar;
using Parley.Assistant.Images;
using Parley.Cascade;
using Parley.Server;

namespace Parley.Assistant;

/// <summary>Adds the local model to the Live API.</summary>
public static class LocalModelBuilderExtensions
{
    /// <summary>
    /// Answers every <c>gemini-*</c> model on this machine, with everything that needs: STT, a chat model and TTS. The chat model is the built-in
    /// assistant unless the section <c>ChatModel</c> names another one or the services have an <see cref="IChatClient"/>.
    /// The same as <see cref="AddChatModel"/> and <see cref="CascadeBuilderExtensions.UseCascade"/>.
    /// </summary>
    /// <param name="builder">The builder that <c>AddLiveApi</c> returned.</param>
    /// <param name="configure">Changes the options of the cascade; null = as configured.</param>
    public static LiveApiBuilder UseLocalModel(this LiveApiBuilder builder, Action<CascadeOptions>? configure = null) =>
        builder.AddChatModel().UseCascade(configure);

    /// <summary>
    /// Adds a singleton <see cref="IChatClient"/> as <see cref="ChatModelOptions"/> describe it; a client that is already registered stays.
    /// Options are read from the configuration section <c>ChatModel</c>, then from <paramref name="configure"/>, and validated when the host starts.
    /// </summary>
    /// <param name="builder">The builder that <c>AddLiveApi</c> returned.</param>
    /// <param name="configure">Changes the options; null = as configured.</param>
    public static LiveApiBuilder AddChatModel(this LiveApiBuilder builder, Action<ChatModelOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.BindOptions(ChatModelOptions.SectionName, configure);
        var services = builder.Services;
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ChatModelOptions>, ChatModelOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(static provider => new TesseractReader(
            provider.GetRequiredService<IOptions<ChatModelOptions>>().Value.TextReader, provider.GetRequiredService<TimeProvider>(), LoggerOf(provider)));
        services.AddSingleton<ILiveHealthPart>(static provider => provider.GetRequiredService<TesseractReader>());
        services.TryAddSingleton(static provider => ChatModelFactory.Create(
            provider.GetRequiredService<IOptions<ChatModelOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            LoggerOf(provider),
            provider.GetRequiredService<TesseractReader>()));
        services.TryAddSingleton<ISpokenPhrases>(static provider => new SpokenPhrases(provider.GetRequiredService<IChatClient>()));
        services.TryAddKeyedSingleton<IChatClient>(CascadeBuilderExtensions.FallbackChatModelKey, static (provider, _) =>
            ChatModelOptionsValidator.Is(provider.GetRequiredService<IOptions<ChatModelOptions>>().Value.Fallback, ChatModelProviders.Rules)
                ? new RuleBasedChatClient(provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<TesseractReader>(), LoggerOf(provider))
                : null!);
        return builder;
    }

    // An application that wants no logs need not register any.
    private static ILogger LoggerOf(IServiceProvider provider) =>
        provider.GetService<ILoggerFactory>()?.CreateLogger("Parley.Assistant") ?? NullLogger.Instance;
}
