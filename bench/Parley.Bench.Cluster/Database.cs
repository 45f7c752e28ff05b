using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Parley.Server;
using Parley.Server.PostgreSql;

namespace Parley.Bench.Cluster;

/// <summary>A database server of this machine: a schema for each measurement, and the CPU of all its processes.</summary>
internal sealed class Database : IAsyncDisposable
{
    private static readonly double TicksPerSecond = 100; // USER_HZ of Linux, whatever the kernel's own clock is.

    private readonly NpgsqlDataSource _source;
    private readonly string _connection;
    private readonly List<string> _schemas = [];
    private int _postmaster;

    private Database(string connection) => (_connection, _source) = (connection, NpgsqlDataSource.Create(connection));

    internal static async Task<Database> OpenAsync(string connection, CancellationToken cancellationToken)
    {
        var database = new Database(connection);
        var backend = (int)(await database.ScalarAsync("SELECT pg_backend_pid()", cancellationToken))!;
        database._postmaster = ParentOf(backend) ?? throw new InvalidOperationException("The processes of the database do not run on this machine, so that their CPU cannot be measured.");
        return database;
    }

    /// <summary>CPU time that the processes of the database have used.</summary>
    internal TimeSpan Cpu()
    {
        var ticks = 0L;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var process) && Read(process) is { } stat && (process == _postmaster || stat.Parent == _postmaster))
                ticks += stat.Own + (process == _postmaster ? stat.Ended : 0);
        }
        return TimeSpan.FromSeconds(ticks / TicksPerSecond);
    }

    /// <summary>The stores of a new server on a schema; a new one if none is given.</summary>
    internal ServiceProvider OpenStores(string? schema = null)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddLiveApi().UsePostgres(_connection, options => options.Schema = schema ?? NewSchema());
        return services.BuildServiceProvider();
    }

    internal string NewSchema()
    {
        var schema = "bench_" + Guid.NewGuid().ToString("n");
        _schemas.Add(schema);
        return schema;
    }

    internal string ConnectionString => _connection;

    internal async Task<object?> ScalarAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var schema in _schemas)
            await ScalarAsync($"DROP SCHEMA IF EXISTS {schema} CASCADE", CancellationToken.None);
        await _source.DisposeAsync();
    }

    private static int? ParentOf(int process) => Read(process)?.Parent;

    private static (int Parent, long Own, long Ended)? Read(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            // The name may contain spaces; the fields after it do not.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (Field(1), Field(11) + Field(12), Field(13) + Field(14));

            int Field(int index) => int.Parse(fields[index], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
