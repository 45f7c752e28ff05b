using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Parley.Assistant.Grammar;
using Parley.Assistant.Images;
using Parley.Assistant.Providers;
using Parley.Cascade;
using Parley.Server;

namespace Parley.Assistant;

/// <summary>Adds the local model (STT, a chat model and TTS) to the Live API server.</summary>
public static class LocalModelBuilderExtensions
{
    /// <summary>
    /// Serves every <c>gemini-*</c> model name with a complete local model: STT, a chat model and TTS. The chat model is the built-in
    /// assistant unless the configuration section <c>ChatModel</c> selects another one or an <see cref="IChatClient"/> is registered in the
    /// services. Short for <see cref="AddChatModel"/> followed by <see cref="CascadeBuilderExtensions.UseCascade"/>.
    /// </summary>
    /// <param name="builder">The builder that <c>AddLiveApi</c> returned.</param>
    /// <param name="configure">Changes the options of the cascade after the configuration was read; null (the default) changes
    /// nothing.</param>
    public static LiveApiBuilder UseLocalModel(this LiveApiBuilder builder, Action<CascadeOptions>? configure = null) =>
        builder.AddChatModel().UseCascade(configure);

    /// <summary>
    /// Registers the <see cref="IChatClient"/> that <see cref="ChatModelOptions"/> describes, as a singleton; a client that is already
    /// registered
    /// is kept. Options are read from the configuration section <c>ChatModel</c>, then changed by <paramref name="configure"/>, and validated
    /// when the host starts.
    /// </summary>
    /// <param name="builder">The builder that <c>AddLiveApi</c> returned.</param>
    /// <param name="configure">Changes the options after the configuration was read; null (the default) changes nothing.</param>
    public static LiveApiBuilder AddChatModel(this LiveApiBuilder builder, Action<ChatModelOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.BindOptions(ChatModelOptions.SectionName, configure);
        var services = builder.Services;
        foreach (var own in ChatModelProviders.Own)
            services.TryAddEnumerable(ServiceDescriptor.Singleton<IChatModelProvider>(own));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ChatModelOptions>, ChatModelOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(static provider => new TesseractReader(
            provider.GetRequiredService<IOptions<ChatModelOptions>>().Value.TextReader, provider.GetRequiredService<TimeProvider>(), LoggerOf(provider)));
        services.AddSingleton<ILiveHealthPart>(static provider => provider.GetRequiredService<TesseractReader>());
        services.TryAddSingleton(static provider => ChatModelFactory.Create(
            provider.GetRequiredService<IOptions<ChatModelOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            LoggerOf(provider),
            provider.GetRequiredService<TesseractReader>(),
            [.. provider.GetServices<IChatModelProvider>()]));
        services.AddHostedService<ChatModelStartup>();
        services.TryAddSingleton<ISpokenPhrases>(static provider => new SpokenPhrases(provider.GetRequiredService<IChatClient>()));
        services.TryAddKeyedSingleton<IChatClient>(CascadeBuilderExtensions.FallbackChatModelKey, static (provider, _) =>
            ChatModelOptionsValidator.Is(provider.GetRequiredService<IOptions<ChatModelOptions>>().Value.Fallback, ChatModelProviders.Rules)
                ? new RuleBasedChatClient(provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<TesseractReader>(), LoggerOf(provider))
                : null!);
        return builder;
    }

    // Logging is optional: an application may have registered none.
    private static ILogger LoggerOf(IServiceProvider provider) =>
        provider.GetService<ILoggerFactory>()?.CreateLogger("Parley.Assistant") ?? NullLogger.Instance;
}
