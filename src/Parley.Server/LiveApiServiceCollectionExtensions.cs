using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Server.Access;
using Parley.Server.Calls;
using Parley.Server.Endpoints;
using Parley.Server.Events;
using Parley.Server.Models;
using Parley.Server.Nodes;
using Parley.Server.Sessions;
using Parley.Server.Sockets;
using Parley.Server.Storage;
using Parley.Server.Telemetry;
using Parley.Server.Webhooks;

namespace Parley.Server;

/// <summary>Registers the Live API.</summary>
public static class LiveApiServiceCollectionExtensions
{
    private static KestrelServerLimits KestrelDefaults { get; } = new();

    /// <summary>
    /// Adds the Live API; <c>app.MapLiveApi()</c> then serves it. Choose a model on the builder: <c>UseRelay</c>, <c>UseCascade</c> (package
    /// Parley.Cascade), <c>UseLocalModel</c> (package Parley.Assistant), or a model of your own; without one the host does not start. Options are
    /// read from the configuration section <c>Live</c>, then from <paramref name="configure"/>. Wraps the application's
    /// <see cref="IHttpContextFactory"/>, so that credentials in query strings never reach a log (<see cref="LiveApiOptions.ApplicationPaths"/>).
    /// </summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="configure">Changes the options; null = as configured.</param>
    public static LiveApiBuilder AddLiveApi(this IServiceCollection services, Action<LiveApiOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddRoutingCore();
        services.TryAddSingleton(TimeProvider.System);
        var builder = new LiveApiBuilder(services);
        builder.BindOptions("Live", configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<LiveApiOptions>, LiveApiOptionsValidator>());
        services.Replace(ServiceDescriptor.Singleton<IHttpContextFactory>(static provider => new RequestFront(provider)));

        // Kestrel quotes the request line of a malformed request, with the key in it.
        services.Configure<LoggerFilterOptions>(static filters => filters.Rules.Add(new LoggerFilterRule(null, "Microsoft.AspNetCore.Server.Kestrel.BadRequests", LogLevel.Warning, null)));
        services.TryAddSingleton(new RegisteredServices(services));
        services.TryAddSingleton<DescriptorLimit>();
        services.TryAddSingleton<ConnectionGate>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConnectionListenerFactory, BoundedTransport>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, TrustedProxies>());
        services.AddOptions<KestrelServerOptions>().PostConfigure<IOptions<LiveApiOptions>>(static (kestrel, live) =>
        {
            // The first head of a connection has this limit from the accept on; further ones get it here, unless the application set its own.
            if (kestrel.Limits.RequestHeadersTimeout == KestrelDefaults.RequestHeadersTimeout)
                kestrel.Limits.RequestHeadersTimeout = live.Value.Connections.RequestTimeout;
        });

        services.TryAddSingleton<IVoiceNames, GeminiVoiceNames>();
        services.TryAddSingleton<ISecretStore, EphemeralSecrets>();
        services.TryAddSingleton<InMemorySessionStore>();
        services.TryAddSingleton<ResumableSessions>();
        services.TryAddSingleton<ISessionStore>(static provider => provider.GetRequiredService<InMemorySessionStore>());
        services.TryAddSingleton<ITokenStore, InMemoryTokenStore>();
        services.TryAddSingleton<IKeyStore, InMemoryKeyStore>();
        services.TryAddSingleton<IUsageStore, InMemoryUsageStore>();
        services.TryAddSingleton<INodeStore, InMemoryNodeStore>();
        services.TryAddSingleton<IAuditStore, InMemoryAuditStore>();
        services.TryAddSingleton<PriceTable>();
        services.TryAddSingleton<NodeCounters>();
        services.TryAddSingleton<IMemoryGauge, ProcessMemoryGauge>();
        services.TryAddSingleton(static provider => new LiveKeys(provider.GetRequiredService<IKeyStore>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<UsageTracker>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IUsageSink, UsageTracker>(static provider => provider.GetRequiredService<UsageTracker>()));
        services.TryAddSingleton(static provider => new LiveModelCatalogue(provider));
        services.TryAddSingleton<RequestOrigin>();
        services.TryAddSingleton<WallClock>();
        services.TryAddSingleton<KnownKeys>();
        services.TryAddSingleton<KeyRing>();
        services.AddOptions<AuthorizationOptions>();
        services.TryAddSingleton<AmbientCredentials>();
        services.TryAddSingleton<UserRing>();
        services.TryAddSingleton<CallerCheck>();
        services.TryAddSingleton(static provider => new LiveUsers(provider.GetRequiredService<INodeStore>()));
        services.TryAddSingleton<ILiveTokens, LiveTokens>();
        services.TryAddSingleton<CredentialCheck>();
        services.TryAddSingleton<ApiMethod>();
        services.TryAddSingleton<KeyConnectionLimits>();
        services.TryAddSingleton<TokenSeal>();
        services.TryAddSingleton<TokenMint>();
        services.TryAddSingleton<HandleSeal>();
        services.TryAddSingleton<SetupPolicy>();
        services.TryAddSingleton<SessionPlanner>();
        services.TryAddSingleton<SessionRegistry>();
        services.TryAddSingleton<SessionWatches>();
        services.TryAddSingleton<ThisNode>();
        services.TryAddSingleton<DrainService>();
        services.TryAddSingleton<SessionUsageService>();
        services.TryAddSingleton<ConnectionAdmission>();
        services.TryAddSingleton<SharedRateLimits>();
        services.TryAddSingleton<ClusterView>();
        services.TryAddSingleton<AdminEndpoints>();
        services.TryAddSingleton<AdminKeyEndpoints>();
        services.TryAddSingleton<AdminNodeEndpoints>();
        services.TryAddSingleton<AdminWatchEndpoint>();
        services.TryAddSingleton<AdminShareEndpoints>();
        services.TryAddSingleton<AuditLog>();
        services.TryAddSingleton(static _ => new SharedSessions(folder: null));
        services.AddHostedService<StoreStartup>();
        services.TryAddSingleton<IWebhookOutbox, InMemoryWebhookOutbox>();
        services.TryAddSingleton<WebhookQueue>();
        services.TryAddSingleton<WebhookSender>();
        services.TryAddSingleton<EventDispatcher>();
        services.AddHttpClient(WebhookSender.ClientName).RemoveAllLoggers().ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        // Each stops after the one below it, whose last events it takes.
        services.AddHostedService(static provider => provider.GetRequiredService<WebhookSender>());
        services.AddHostedService(static provider => provider.GetRequiredService<WebhookQueue>());
        services.AddHostedService(static provider => provider.GetRequiredService<EventDispatcher>());
        services.AddHostedService(static provider => provider.GetRequiredService<DrainService>());
        services.AddHostedService(static provider => provider.GetRequiredService<SessionUsageService>());
        services.AddHostedService<NodeService>();
        services.AddHostedService<DevelopmentKeyGuard>();
        services.AddOptions<HostOptions>().PostConfigure<IOptions<LiveApiOptions>>(static (host, live) =>
        {
            // The shutdown timeout of the host must be longer than the time that sessions get.
            var needed = live.Value.Connections.DrainTime + live.Value.Connections.CloseTimeout + live.Value.Connections.SendTimeout + TimeSpan.FromSeconds(5);
            if (host.ShutdownTimeout < needed)
                host.ShutdownTimeout = needed;
        });
        services.AddMetrics();
        services.TryAddSingleton(static provider =>
        {
            var metrics = new LiveMetrics(provider.GetRequiredService<IMeterFactory>(), provider.GetRequiredService<PriceTable>().Currency);
            ConnectionMetrics.Observe(metrics.Meter, provider.GetRequiredService<ConnectionGate>());
            var registry = provider.GetRequiredService<SessionRegistry>();
            EventMetrics.Observe(metrics.Meter, provider.GetRequiredService<EventDispatcher>(), provider.GetRequiredService<WebhookQueue>(), provider.GetRequiredService<WebhookSender>());
            NodeMetrics.Observe(metrics.Meter, provider.GetRequiredService<NodeCounters>(), provider.GetRequiredService<UsageTracker>(), () => registry.IsDraining);
            return metrics;
        });
        services.TryAddSingleton<CallServices>();
        services.TryAddSingleton<MessageObservers>();
        services.TryAddSingleton<ConnectionServices>();
        services.TryAddSingleton<SocketEndpoint>();
        services.TryAddSingleton<LiveLoopback>();
        services.TryAddSingleton<ModelEndpoints>();
        services.TryAddSingleton<TokenEndpoint>();
        services.TryAddSingleton<HealthEndpoint>();
        return builder;
    }
}
