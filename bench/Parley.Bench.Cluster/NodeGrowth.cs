using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Parley.Server;

namespace Parley.Bench.Cluster;

/// <summary>
/// The store's part of a session's life (key, opening, entry, checkpoints, resumption on another node, end) with one, two and three nodes at the same total
/// load, and what follows for 100,000 sessions.
/// </summary>
internal static class NodeGrowth
{
    private const int MaxNodes = 3, Turns = 5, Parallel = 64;

    internal static async Task RunAsync(Database database, BenchOptions options, CancellationToken cancellationToken)
    {
        Table.Head("nodes", "lives/s", "CPU of the servers, µs a life", "CPU of the database, µs a life", "against one node");
        var cost = new double[MaxNodes + 1];
        for (var nodes = 1; nodes <= MaxNodes; nodes++)
        {
            var (rate, own, theirs) = await MeasureAsync(database, nodes, options, cancellationToken);
            cost[nodes] = own + theirs;
            Table.Row(
                nodes.ToString(CultureInfo.InvariantCulture), Table.Number(rate), Table.Number(own), Table.Number(theirs), Table.Number(cost[nodes] / cost[1]));
        }
        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"A life has {Turns} checkpoints of a conversation of 10 turns, and a resumption on the next node."));
        Console.WriteLine();
        await Projection.RunAsync(database, cancellationToken);
    }

    private static async Task<(double Rate, double Own, double Theirs)> MeasureAsync(Database database, int count, BenchOptions options, CancellationToken cancellationToken)
    {
        var schema = database.NewSchema();
        var nodes = Enumerable.Range(0, count).Select(_ => database.OpenStores(schema)).ToList();
        try
        {
            var keys = nodes[0].GetRequiredService<LiveKeys>();
            var limits = new KeyLimits { MaxSessions = 1_000_000, OpensPerMinute = 1_000_000 };
            var ids = await Task.WhenAll(Enumerable.Range(0, 10).Select(async i => (await keys.CreateAsync($"key {i}", limits, cancellationToken: cancellationToken)).Key.Id));
            for (var i = 0; i < count; i++)
                await nodes[i].GetRequiredService<INodeStore>().RenewAsync(Node(i), cancellationToken);
            await LivesAsync(nodes, ids, options.Sessions, 0, cancellationToken);
            var (rates, own, theirs) = (new List<double>(), new List<double>(), new List<double>());
            using var process = Process.GetCurrentProcess();
            for (var round = 1; round <= options.Rounds; round++)
            {
                process.Refresh();
                var (started, cpu, databaseCpu) = (Stopwatch.GetTimestamp(), process.TotalProcessorTime, database.Cpu());
                await LivesAsync(nodes, ids, options.Sessions, round, cancellationToken);
                process.Refresh();
                rates.Add(options.Sessions / Stopwatch.GetElapsedTime(started).TotalSeconds);
                own.Add((process.TotalProcessorTime - cpu).TotalMicroseconds / options.Sessions);
                theirs.Add((database.Cpu() - databaseCpu).TotalMicroseconds / options.Sessions);
            }
            return (Table.Percentile(rates, 0.5), Table.Percentile(own, 0.5), Table.Percentile(theirs, 0.5));
        }
        finally
        {
            foreach (var node in nodes)
                await node.DisposeAsync();
        }
    }

    private static LiveNode Node(int index) => new() { Id = $"n{index}", Name = $"node {index}", Version = "bench", Started = TimeProvider.System.GetUtcNow() };

    private static Task LivesAsync(List<ServiceProvider> nodes, string[] keys, int sessions, int round, CancellationToken cancellationToken) =>
        System.Threading.Tasks.Parallel.ForAsync(
            0, sessions, new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken },
            async (i, token) =>
            {
                var (first, second) = (i % nodes.Count, (i + 1) % nodes.Count);
                var (id, key) = ($"r{round}s{i}", keys[i % keys.Length]);
                await OpenAsync(nodes[first], first, id, "a", key, token);
                var store = nodes[first].GetRequiredService<ISessionStore>();
                for (var turn = 1; turn <= Turns; turn++)
                    await store.SaveAsync(Conversation.Checkpoint(id, turn, turn == 1, TalkingModel.State), token);
                await OpenAsync(nodes[second], second, id, "b", key, token);
                store = nodes[second].GetRequiredService<ISessionStore>();
                await store.FindAsync(id, Turns, token);
                var epoch = await store.ClaimAsync(id, token) ?? throw new InvalidOperationException("A session was lost.");
                await store.EndAsync(id, epoch, TimeProvider.System.GetUtcNow().AddHours(2), token);
                await nodes[second].GetRequiredService<INodeStore>().LeaveAsync(id, "b" + id, token);
            });

    /// <summary>What a server asks its stores when a connection opens.</summary>
    private static async Task OpenAsync(ServiceProvider node, int index, string id, string connection, string key, CancellationToken cancellationToken)
    {
        await node.GetRequiredService<IKeyStore>().FindAsync(key, cancellationToken);
        await node.GetRequiredService<INodeStore>().CountOpeningAsync(key, 1_000_000, cancellationToken);
        await node.GetRequiredService<IKeyStore>().FindAsync(key, cancellationToken);
        var session = new NodeSession
        {
            SessionId = id, ConnectionId = connection + id, NodeId = $"n{index}", KeyId = key, Model = "models/bench", Started = TimeProvider.System.GetUtcNow(), Until = TimeProvider.System.GetUtcNow().AddMinutes(10),
        };
        if (!await node.GetRequiredService<INodeStore>().EnterAsync(session, 1_000_000, cancellationToken))
            throw new InvalidOperationException("A session was refused.");
    }
}
