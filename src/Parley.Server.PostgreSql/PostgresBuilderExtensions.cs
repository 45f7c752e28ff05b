using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Parley.Server.PostgreSql.Database;
using Parley.Server.PostgreSql.Nodes;
using Parley.Server.PostgreSql.Secrets;
using Parley.Server.PostgreSql.Stores;

namespace Parley.Server.PostgreSql;

/// <summary>Adds the stores on PostgreSQL to the Live API.</summary>
public static class PostgresBuilderExtensions
{
    /// <summary>
    /// Keeps keys, tokens, usage and resumable sessions in a PostgreSQL database that several servers may share: a token, a key and a resumption handle then work
    /// on each of them, and the servers know of each other. Replaces the stores in memory and those of <see cref="LiveApiBuilder.UseDataFolder"/>. Tables are created and upgraded at the start.
    /// </summary>
    /// <param name="builder">The Live API.</param>
    /// <param name="connectionString">The database; null = as configured in the section <c>Postgres</c>.</param>
    /// <param name="configure">Changes the options; null = as configured.</param>
    public static LiveApiBuilder UsePostgres(this LiveApiBuilder builder, string? connectionString = null, Action<PostgresOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        builder.BindOptions<PostgresOptions>("Postgres", options =>
        {
            if (connectionString is not null)
                options.ConnectionString = connectionString;
            configure?.Invoke(options);
        });
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PostgresOptions>, PostgresOptionsValidator>());
        services.AddMetrics();
        services.TryAddSingleton<PostgresMetrics>();
        services.TryAddSingleton<PostgresDatabase>();
        services.TryAddSingleton<MediaTable>();
        services.TryAddSingleton<SaveQueue>();
        services.TryAddSingleton<Sweeper>();
        services.AddHostedService<SweepService>();
        services.Replace(ServiceDescriptor.Singleton<ISecretStore, PostgresSecretStore>());
        services.Replace(ServiceDescriptor.Singleton<ISessionStore, PostgresSessionStore>());
        services.Replace(ServiceDescriptor.Singleton<ITokenStore, PostgresTokenStore>());
        services.Replace(ServiceDescriptor.Singleton<IKeyStore, PostgresKeyStore>());
        services.Replace(ServiceDescriptor.Singleton<IUsageStore, PostgresUsageStore>());
        services.Replace(ServiceDescriptor.Singleton<IAuditStore, PostgresAuditStore>());
        services.Replace(ServiceDescriptor.Singleton<IWebhookOutbox, PostgresWebhookOutbox>());
        services.TryAddSingleton<SignalListener>();
        services.Replace(ServiceDescriptor.Singleton<INodeStore, PostgresNodeStore>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ILiveHealthPart, PostgresPart>());
        return builder;
    }
}
