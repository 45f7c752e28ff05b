using Microsoft.Extensions.AI;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Registers realtime clients, as Microsoft.Extensions.AI registers its other clients; it has no registration for these yet.
/// </summary>
public static class RealtimeClientServiceCollectionExtensions
{
    /// <summary>Registers a realtime client and returns the builder of its middleware.</summary>
    /// <param name="services">The services.</param>
    /// <param name="innerClient">The client.</param>
    /// <param name="lifetime">Default singleton.</param>
    public static RealtimeClientBuilder AddRealtimeClient(
        this IServiceCollection services, IRealtimeClient innerClient, ServiceLifetime lifetime = ServiceLifetime.Singleton)
    {
        ArgumentNullException.ThrowIfNull(innerClient);
        return services.AddRealtimeClient(_ => innerClient, lifetime);
    }

    /// <summary>Registers a realtime client and returns the builder of its middleware.</summary>
    /// <param name="services">The services.</param>
    /// <param name="innerClientFactory">
    /// Creates the client: <c>services => services.GetRequiredService&lt;LiveClient&gt;().AsRealtimeClient("…")</c>.
    /// </param>
    /// <param name="lifetime">Default singleton.</param>
    public static RealtimeClientBuilder AddRealtimeClient(
        this IServiceCollection services, Func<IServiceProvider, IRealtimeClient> innerClientFactory, ServiceLifetime lifetime = ServiceLifetime.Singleton)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(innerClientFactory);
        var builder = new RealtimeClientBuilder(innerClientFactory);
        services.Add(new ServiceDescriptor(typeof(IRealtimeClient), builder.Build, lifetime));
        return builder;
    }

    /// <summary>Registers a realtime client under a key.</summary>
    /// <param name="services">The services.</param>
    /// <param name="serviceKey">The key.</param>
    /// <param name="innerClient">The client.</param>
    /// <param name="lifetime">Default singleton.</param>
    public static RealtimeClientBuilder AddKeyedRealtimeClient(
        this IServiceCollection services, object? serviceKey, IRealtimeClient innerClient, ServiceLifetime lifetime = ServiceLifetime.Singleton)
    {
        ArgumentNullException.ThrowIfNull(innerClient);
        return services.AddKeyedRealtimeClient(serviceKey, _ => innerClient, lifetime);
    }

    /// <summary>Registers a realtime client under a key.</summary>
    /// <param name="services">The services.</param>
    /// <param name="serviceKey">The key.</param>
    /// <param name="innerClientFactory">Creates the client.</param>
    /// <param name="lifetime">Default singleton.</param>
    public static RealtimeClientBuilder AddKeyedRealtimeClient(
        this IServiceCollection services, object? serviceKey, Func<IServiceProvider, IRealtimeClient> innerClientFactory,
        ServiceLifetime lifetime = ServiceLifetime.Singleton)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(innerClientFactory);
        var builder = new RealtimeClientBuilder(innerClientFactory);
        services.Add(new ServiceDescriptor(typeof(IRealtimeClient), serviceKey, (provider, _) => builder.Build(provider), lifetime));
        return builder;
    }
}
