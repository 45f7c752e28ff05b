using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Parley.Server.Brains.Images;

namespace Parley.Server.Brains;

/// <summary>Registers the chat client that answers conversations.</summary>
public static class BrainServiceCollectionExtensions
{
    /// <summary>
    /// Adds a singleton <see cref="Microsoft.Extensions.AI.IChatClient"/> as <see cref="BrainOptions"/> describe it;
    /// a client that is already registered stays. Options come from the section "Brain" and then from
    /// <paramref name="configure"/>, and are validated when the host starts.
    /// </summary>
    public static IServiceCollection AddBrain(this IServiceCollection services, Action<BrainOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var builder = services.AddOptionsWithValidateOnStart<BrainOptions, BrainOptionsValidator>()
            .Configure<IServiceProvider>(static (options, provider) =>
                provider.GetService<IConfiguration>()?.GetSection(BrainOptions.SectionName).Bind(options));
        if (configure is not null)
        {
            builder.Configure(configure);
        }

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(static provider => new TesseractReader(
            provider.GetRequiredService<IOptions<BrainOptions>>().Value.TextReader, provider.GetRequiredService<TimeProvider>(), LoggerOf(provider)));
        services.AddSingleton<IHealthPart>(static provider => provider.GetRequiredService<TesseractReader>());
        services.TryAddSingleton(static provider => BrainFactory.Create(
            provider.GetRequiredService<IOptions<BrainOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            LoggerOf(provider),
            provider.GetRequiredService<TesseractReader>()));
        services.TryAddSingleton<ISpokenPhrases>(static provider => new SpokenPhrases(provider.GetRequiredService<IChatClient>()));
        services.TryAddSingleton(static provider => new BrainFallback(
            BrainOptionsValidator.Is(provider.GetRequiredService<IOptions<BrainOptions>>().Value.Fallback, BrainProviders.Scripted)
                ? new ScriptedChatClient(provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<TesseractReader>(), LoggerOf(provider))
                : null));
        return services;
    }

    // An application that wants no logs need not register any.
    private static ILogger LoggerOf(IServiceProvider provider) =>
        provider.GetService<ILoggerFactory>()?.CreateLogger("Parley.Server.Brains") ?? NullLogger.Instance;
}
