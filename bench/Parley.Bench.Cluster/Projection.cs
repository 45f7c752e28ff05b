using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Parley.Server;

namespace Parley.Bench.Cluster;

/// <summary>
/// A simulation of the database under 100,000 sessions: openings and checkpoints arrive at random (Poisson), each occupies one of its cores for the time that
/// was just measured, and the rest wait in line. Not measured but computed: disks, network and locks are left out.
/// </summary>
internal static class Projection
{
    private const int Sessions = 100_000, SessionsPerNode = 2_000;
    private static readonly TimeSpan Connection = TimeSpan.FromMinutes(10), Turn = TimeSpan.FromSeconds(15), Simulated = TimeSpan.FromSeconds(60);

    internal static async Task RunAsync(Database database, CancellationToken cancellationToken)
    {
        await using var stores = database.OpenStores();
        var checkpoint = await CostAsync(database, (i, token) => SaveAsync(stores, i, token), cancellationToken);
        var opening = await CostAsync(database, (i, token) => OpenAsync(stores, i, token), cancellationToken);
        var (openings, checkpoints) = (Sessions / Connection.TotalSeconds, Sessions / Turn.TotalSeconds);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Projection to {Sessions:#,0} sessions on {Sessions / SessionsPerNode} nodes: a connection lasts {Connection.TotalMinutes} minutes and a turn {Turn.TotalSeconds} s, hence {openings:#,0} openings ({opening:0} µs of the database each) and {checkpoints:#,0} checkpoints a second ({checkpoint:0} µs each), and {Sessions / SessionsPerNode / INodeStore.RenewalInterval.TotalSeconds:0} renewals."));
        Console.WriteLine();
        Table.Head("cores of the database", "busy", "checkpoint, ms: p50", "p99", "longest line");
        foreach (var cores in (int[])[2, 4, 8, 16])
        {
            var busy = ((openings * opening) + (checkpoints * checkpoint)) / 1e6 / cores;
            if (busy >= 1)
            {
                Table.Row(Text(cores), $"{busy * 100:0} %", "overloaded", "", "");
                continue;
            }
            var (times, line) = Simulate(cores, openings, opening / 1e6, checkpoints, checkpoint / 1e6, seed: cores);
            Table.Row(Text(cores), $"{busy * 100:0} %", Table.Number(Table.Percentile(times, 0.5) * 1e3), Table.Number(Table.Percentile(times, 0.99) * 1e3), Text(line));
        }
    }

    private static (List<double> Times, int Line) Simulate(int cores, double openings, double opening, double checkpoints, double checkpoint, int seed)
    {
        var random = new Random(seed);
        var free = new PriorityQueue<double, double>(Enumerable.Repeat((0.0, 0.0), cores));
        var (times, line) = (new List<double>(), 0);
        var waiting = new Queue<double>();
        for (var now = 0.0; now < Simulated.TotalSeconds; now += -Math.Log(1 - random.NextDouble()) / (openings + checkpoints))
        {
            var isCheckpoint = random.NextDouble() < checkpoints / (openings + checkpoints);
            var start = Math.Max(now, free.Dequeue());
            // Times of service vary by half around the mean.
            var end = start + (isCheckpoint ? checkpoint : opening) * (0.5 + random.NextDouble());
            free.Enqueue(end, end);
            if (isCheckpoint)
                times.Add(end - now);
            while (waiting.TryPeek(out var started) && started <= now)
                waiting.Dequeue();
            if (start > now)
                waiting.Enqueue(start);
            line = Math.Max(line, waiting.Count);
        }
        return (times, line);
    }

    /// <summary>CPU of the database for one operation, in microseconds.</summary>
    private static async Task<double> CostAsync(Database database, Func<int, CancellationToken, Task> operation, CancellationToken cancellationToken)
    {
        const int Count = 4_000;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, Count, parallel, async (i, token) => await operation(i, token));
        var cpu = database.Cpu();
        await Parallel.ForAsync(Count, 2 * Count, parallel, async (i, token) => await operation(i, token));
        return (database.Cpu() - cpu).TotalMicroseconds / Count;
    }

    private static async Task SaveAsync(ServiceProvider stores, int i, CancellationToken cancellationToken) =>
        await stores.GetRequiredService<ISessionStore>().SaveAsync(Conversation.Checkpoint($"s{i % 1_000}", i, isFirst: i < 1_000, TalkingModel.State), cancellationToken);

    private static async Task OpenAsync(ServiceProvider stores, int i, CancellationToken cancellationToken)
    {
        var (keys, nodes) = (stores.GetRequiredService<IKeyStore>(), stores.GetRequiredService<INodeStore>());
        var key = $"k{i % 100}";
        await keys.FindAsync(key, cancellationToken);
        await nodes.CountOpeningAsync(key, int.MaxValue, cancellationToken);
        await keys.FindAsync(key, cancellationToken);
        var session = new NodeSession
        {
            SessionId = $"o{i}", ConnectionId = $"o{i}", NodeId = "n", KeyId = key, Model = "models/bench", Started = TimeProvider.System.GetUtcNow(), Until = TimeProvider.System.GetUtcNow().AddMinutes(10),
        };
        await nodes.EnterAsync(session, int.MaxValue, cancellationToken);
        await nodes.LeaveAsync(session.SessionId, session.ConnectionId, cancellationToken);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
