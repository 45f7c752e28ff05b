using System.Globalization;
using Npgsql;

namespace Parley.Server.PostgreSql.Database;

/// <summary>Connection settings and data sources made from <see cref="PostgresOptions"/>. What the connection string sets itself takes precedence.</summary>
internal static class ConnectionSettings
{
    internal static NpgsqlConnectionStringBuilder Pooled(PostgresOptions options)
    {
        var settings = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        Default("Maximum Pool Size", options.MaxConnections);
        Default("Timeout", Seconds(options.ConnectTimeout));
        Default("Command Timeout", Seconds(options.StatementTimeout));
        Default("Max Auto Prepare", 64);
        Default("Keepalive", 30);
        Default("Application Name", "parley");
        // How soon a promoted standby is found.
        Default("Host Recheck Seconds", 1);
        settings.SearchPath = options.Schema;
        // The command timeout asks the database to cancel. This ends a statement whose client has gone, too. Statements that take a lock first rely on the isolation.
        var milliseconds = (long)options.StatementTimeout.TotalMilliseconds;
        settings.Options = string.Create(
            CultureInfo.InvariantCulture,
            $"{settings.Options} -c statement_timeout={milliseconds} -c idle_in_transaction_session_timeout={2 * milliseconds} -c default_transaction_isolation=read\\ committed").Trim();
        return settings;

        void Default(string setting, object value)
        {
            if (!settings.ShouldSerialize(setting))
                settings[setting] = value;
        }
    }

    /// <summary>For one connection that is not of the pool, and checked by its user.</summary>
    internal static NpgsqlConnectionStringBuilder Single(PostgresOptions options)
    {
        var settings = Pooled(options);
        (settings.Pooling, settings.KeepAlive, settings.MaxAutoPrepare) = (false, 0, 0);
        // It is opened rarely: what was known of the hosts may be wrong by then.
        settings.HostRecheckSeconds = 0;
        return settings;
    }

    /// <summary>Of several hosts, the one that can be written to is used, unless the connection string says otherwise.</summary>
    internal static NpgsqlDataSource CreateSource(NpgsqlConnectionStringBuilder settings)
    {
        var attributes = settings.TargetSessionAttributes;
        settings.Remove("Target Session Attributes");
        // The name is a label of Npgsql's metrics, in place of the connection string.
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString) { Name = settings.Pooling ? "parley" : "parley-signals" };
        if (!settings.Host!.Contains(',', StringComparison.Ordinal))
            return builder.Build();
        var target = Enum.TryParse<TargetSessionAttributes>(attributes?.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var given) ? given : TargetSessionAttributes.ReadWrite;
        return builder.BuildMultiHost().WithTargetSession(target);
    }

    private static int Seconds(TimeSpan time) => (int)Math.Ceiling(time.TotalSeconds);
}
