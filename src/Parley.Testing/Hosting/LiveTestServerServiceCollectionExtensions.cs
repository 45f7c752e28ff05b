using Microsoft.Extensions.DependencyInjection.Extensions;
using Parley.Client;
using Parley.Testing;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Connects the clients of an application to a test server.</summary>
public static class LiveTestServerServiceCollectionExtensions
{
    /// <summary>
    /// Replaces every <see cref="LiveClient"/> of the collection, named ones too, by a client of the server. Call it after the application has registered its
    /// services.
    /// </summary>
    /// <param name="services">The services of the application under test.</param>
    /// <param name="server">The server. It outlives the application: dispose it afterwards.</param>
    /// <param name="configure">Changes the options of the clients.</param>
    public static IServiceCollection AddLiveTestServer(this IServiceCollection services, LiveTestServer server, Action<LiveClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(server);
        var keys = services.Where(static service => service.ServiceType == typeof(LiveClient) && service.IsKeyedService).Select(static service => service.ServiceKey).ToList();
        services.RemoveAll<ILiveClientFactory>();
        for (var i = services.Count - 1; i >= 0; i--)
        {
            if (services[i].ServiceType == typeof(LiveClient))
                services.RemoveAt(i);
        }
        services.AddSingleton<LiveClient>(_ => server.CreateClient(configure));
        services.AddSingleton<ILiveClientFactory>(provider => new OneClientFactory(provider.GetRequiredService<LiveClient>()));
        foreach (var key in keys)
            services.AddKeyedSingleton<LiveClient>(key, static (provider, _) => provider.GetRequiredService<LiveClient>());
        return services;
    }

    private sealed class OneClientFactory(LiveClient client) : ILiveClientFactory
    {
        public LiveClient CreateClient(string name = "") => client;
    }
}
