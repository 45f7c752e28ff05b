using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Parley.Client;
using Parley.Client.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers clients of the Live API.</summary>
public static class LiveClientServiceCollectionExtensions
{
    /// <summary>
    /// Registers <see cref="LiveClient"/> and <see cref="ILiveClientFactory"/>. The key comes from
    /// <see cref="HostedLiveClientOptions.ApiKey"/>, or from the environment variable <c>GEMINI_API_KEY</c>; invalid options stop the host
    /// when it starts.
    /// </summary>
    /// <param name="services">The services. Its logger factory and <see cref="TimeProvider"/>, if any, are used.</param>
    /// <param name="configure">Changes the options; optional.</param>
    /// <returns>The options builder: <c>.BindConfiguration("Gemini")</c>.</returns>
    public static OptionsBuilder<HostedLiveClientOptions> AddLiveClient(
        this IServiceCollection services, Action<HostedLiveClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(static provider => provider.GetRequiredService<ILiveClientFactory>().CreateClient());
        return services.AddOptionsOf(Options.Options.DefaultName, configure);
    }

    /// <summary>
    /// Registers a named client: <c>factory.CreateClient("name")</c>, or <c>[FromKeyedServices("name")] LiveClient</c>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The name.</param>
    /// <param name="configure">Changes the options; optional.</param>
    /// <returns>The options builder: <c>.BindConfiguration("Gemini:Name")</c>.</returns>
    public static OptionsBuilder<HostedLiveClientOptions> AddLiveClient(
        this IServiceCollection services, string name, Action<HostedLiveClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(name);
        services.TryAddKeyedSingleton(name, static (provider, name) => provider.GetRequiredService<ILiveClientFactory>().CreateClient((string)name!));
        return services.AddOptionsOf(name, configure);
    }

    private static OptionsBuilder<HostedLiveClientOptions> AddOptionsOf(
        this IServiceCollection services, string name, Action<HostedLiveClientOptions>? configure)
    {
        services.TryAddSingleton<ILiveClientFactory, LiveClientFactory>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<HostedLiveClientOptions>, HostedLiveClientDefaults>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<HostedLiveClientOptions>, HostedLiveClientValidator>());
        services.AddSingleton(new LiveClientName(name));
        var options = services.AddOptions<HostedLiveClientOptions>(name);
        if (configure is not null)
            options.Configure(configure);
        return options.ValidateOnStart();
    }
}
