using Microsoft.Extensions.Configuration;
using Parley.Server;
using Parley.Server.PostgreSql;

namespace Parley.Cli.Hosting;

/// <summary>The PostgreSQL database of <c>parley serve</c>: from the command line or the environment, with the configuration section <c>Postgres</c>.</summary>
internal static class PostgresHost
{
    internal const string Variable = "PARLEY_POSTGRES";

    /// <exception cref="CommandException">A data folder is given too.</exception>
    internal static bool IsUsed(IConfiguration configuration, ServeSettings settings)
    {
        if (ConnectionString(settings) is null && !configuration.GetSection("Postgres").GetSection(nameof(PostgresOptions.ConnectionString)).Exists())
            return false;
        if (settings.Data is null)
            return true;
        throw new CommandException(
            $"A data folder (--data) and a PostgreSQL database (--postgres, ${Variable} or Postgres:ConnectionString) are given. Give one of them.",
            ExitCodes.Usage);
    }

    internal static void Configure(LiveApiBuilder live, ServeSettings settings) => live.UsePostgres(ConnectionString(settings));

    private static string? ConnectionString(ServeSettings settings) =>
        settings.Postgres ?? (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } value ? value : null);
}
