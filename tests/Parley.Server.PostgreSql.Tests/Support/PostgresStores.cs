using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Server.PostgreSql.Stores;
using Parley.Server.Tests.Storage.Conformance;

namespace Parley.Server.PostgreSql.Tests.Support;

/// <summary>Stores in one schema, which is dropped at the end. Each server has its own pool.</summary>
internal sealed class PostgresStores(PostgresCluster cluster, Action<PostgresOptions>? configure = null) : IStores
{
    private readonly List<ServiceProvider> _servers = [];

    public string Schema { get; } = PostgresCluster.NewSchema();

    /// <summary>What the servers log.</summary>
    public LogRecorder Logs { get; } = new();

    public ValueTask<StoreNode> OpenAsync(LiveApiOptions options, TimeProvider time)
    {
        var server = Open(time, options);
        return new(new StoreNode(
            server.GetRequiredService<ISessionStore>(), server.GetRequiredService<ITokenStore>(), server.GetRequiredService<IKeyStore>(),
            server.GetRequiredService<IUsageStore>(), server.GetRequiredService<ISecretStore>(),
            server.GetRequiredService<INodeStore>(), server.GetRequiredService<IAuditStore>(), server.GetRequiredService<IWebhookOutbox>(),
            () => server.GetRequiredService<Sweeper>().SweepAsync(CancellationToken.None)));
    }

    public async ValueTask ElapseAsync(TestClock clock, TimeSpan time)
    {
        clock.Advance(time);
        // Nodes are kept by the clock of the database, which no test can advance.
        var seconds = string.Create(CultureInfo.InvariantCulture, $"interval '{time.TotalSeconds} s'");
        await cluster.ExecuteAsync($"UPDATE {Schema}.nodes SET renewed = renewed - {seconds}; UPDATE {Schema}.key_opens SET began = began - {seconds}");
    }

    /// <summary>The services of one more server.</summary>
    public ServiceProvider Open(TimeProvider? time = null, LiveApiOptions? options = null, Action<PostgresOptions>? configureOne = null)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(Logs));
        services.AddSingleton(time ?? TimeProvider.System);
        services.AddLiveApi().UsePostgres(cluster.ConnectionString, postgres =>
        {
            postgres.Schema = Schema;
            postgres.MaxConnections = 10;
            configure?.Invoke(postgres);
            configureOne?.Invoke(postgres);
        });
        if (options is not null)
            services.AddSingleton(Options.Create(options));
        var provider = services.BuildServiceProvider();
        _servers.Add(provider);
        return provider;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
            await server.DisposeAsync();
        await cluster.ExecuteAsync($"DROP SCHEMA IF EXISTS {Schema} CASCADE");
        Logs.ThrowIfUnexpectedErrors();
    }
}
