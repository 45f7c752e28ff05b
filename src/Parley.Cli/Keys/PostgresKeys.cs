using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Parley.Cli.Hosting;
using Parley.Server;
using Parley.Server.PostgreSql;

namespace Parley.Cli.Keys;

/// <summary>The keys in a PostgreSQL database. Servers on it see every change at once.</summary>
internal static class PostgresKeys
{
    /// <summary>Prepares the use of the database, which is reached when a key is read or changed.</summary>
    /// <param name="connectionString">The database.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <exception cref="CommandException">The connection string or another setting is not valid.</exception>
    // Not inlined: only who uses a database loads its client.
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static IKeyStore Open(string connectionString, TimeProvider timeProvider)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(timeProvider);
        // The schema and the time limits, as serve takes them from there.
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddEnvironmentVariables().Build());
        services.AddLiveApi().UsePostgres(connectionString);
        var provider = services.BuildServiceProvider();
        try
        {
            return new DirectKeys(
                provider.GetRequiredService<LiveKeys>(), "the PostgreSQL database", $"Check the database, and --postgres or ${PostgresHost.Variable}.",
                timeProvider, provider);
        }
        catch (OptionsValidationException e)
        {
            provider.Dispose();
            // No failure quotes the connection string.
            throw new CommandException(
                string.Join(' ', e.Failures).Replace("Postgres:ConnectionString", $"--postgres or ${PostgresHost.Variable}", StringComparison.Ordinal),
                ExitCodes.Usage);
        }
    }
}
