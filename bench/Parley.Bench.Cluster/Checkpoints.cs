using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Parley.Server;

namespace Parley.Bench.Cluster;

/// <summary>How many checkpoints a second the stores take at full speed, and the CPU of each, of the server and of the database.</summary>
internal static class Checkpoints
{
    internal static async Task RunAsync(Database database, BenchOptions options, CancellationToken cancellationToken)
    {
        Table.Head("store", "sessions", "turns in the state", "checkpoints/s", "CPU of the server, µs each", "CPU of the database, µs each", "checkpoints/s per core of both");
        foreach (var (sessions, turns) in ((int, int)[])[(1, 10), (options.Sessions, 10), (options.Sessions, 60)])
        {
            var folder = Directory.CreateTempSubdirectory("parley-bench-");
            try
            {
                await using (var stores = OpenFolder(folder.FullName))
                    await MeasureAsync("SQLite", stores, null, sessions, turns, options.Rounds, cancellationToken);
                await using (var stores = database.OpenStores())
                    await MeasureAsync("PostgreSQL", stores, database, sessions, turns, options.Rounds, cancellationToken);
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }
    }

    private static ServiceProvider OpenFolder(string folder)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddLiveApi().UseDataFolder(folder);
        return services.BuildServiceProvider();
    }

    private static async Task MeasureAsync(
        string name, ServiceProvider stores, Database? database, int sessions, int turns, int rounds, CancellationToken cancellationToken)
    {
        var store = stores.GetRequiredService<ISessionStore>();
        var state = Conversation.Create(turns, seed: 1);
        var each = Math.Max(5, 2_000 / sessions);
        var serials = new long[sessions];
        await RoundAsync();
        var (rates, own, theirs) = (new List<double>(), new List<double>(), new List<double>());
        using var process = Process.GetCurrentProcess();
        for (var round = 0; round < rounds; round++)
        {
            var (started, cpu, databaseCpu) = (Stopwatch.GetTimestamp(), Cpu(), database?.Cpu() ?? default);
            await RoundAsync();
            var count = each * sessions;
            rates.Add(count / Stopwatch.GetElapsedTime(started).TotalSeconds);
            own.Add((Cpu() - cpu).TotalMicroseconds / count);
            theirs.Add(((database?.Cpu() ?? default) - databaseCpu).TotalMicroseconds / count);
        }
        var both = Table.Percentile(own, 0.5) + Table.Percentile(theirs, 0.5);
        Table.Row(
            name, sessions.ToString(CultureInfo.InvariantCulture), turns.ToString(CultureInfo.InvariantCulture), Table.Number(Table.Percentile(rates, 0.5)), Table.Number(Table.Percentile(own, 0.5)),
            database is null ? "in the server" : Table.Number(Table.Percentile(theirs, 0.5)), Table.Number(1e6 / both));

        TimeSpan Cpu()
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }

        Task RoundAsync() => Task.WhenAll(Enumerable.Range(0, sessions).Select(session => Task.Run(
            async () =>
            {
                for (var i = 0; i < each; i++)
                {
                    var serial = ++serials[session];
                    if (!await store.SaveAsync(Conversation.Checkpoint($"s{session}", serial, serial == 1, state), cancellationToken))
                        throw new InvalidOperationException("A checkpoint was refused.");
                }
            },
            cancellationToken)));
    }
}
