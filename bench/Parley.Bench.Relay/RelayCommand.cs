using System.CommandLine;
using System.Globalization;
using Parley.Bench.Load;
using Parley.Bench.Load.Client;

namespace Parley.Bench.Relay;

/// <summary>The command that measures: alternates between direct, plain and Parley in each round.</summary>
internal static class RelayCommand
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    // Warm-up: a server that has run for a while has compiled the code of the attack; the longest timeout is 10 s.
    private static readonly TimeSpan WarmUpOfAttacks = TimeSpan.FromSeconds(15);
    // As in parley.runtimeconfig.json, and as 'parley serve' sets it for a relay.
    private static readonly List<(string Name, string Value)> ParleyEnvironment =
        [("DOTNET_ThreadPool_UnfairSemaphoreSpinLimit", "0"), ("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1")];

    internal static Command Create()
    {
        var sessions = new Option<int>("--sessions")
        {
            Description = "Sessions that send messages",
            DefaultValueFactory = _ => 150,
        };
        var every = new Option<int>("--every") { Description = "Milliseconds between two messages of a session", DefaultValueFactory = _ => 20 };
        var seconds = new Option<int>("--seconds") { Description = "Seconds of measurement", DefaultValueFactory = _ => 8 };
        var idle = new Option<int>("--idle") { Description = "Idle sessions for the memory; 0 = none", DefaultValueFactory = _ => 1_000 };
        var rounds = new Option<int>("--rounds") { Description = "Rounds", DefaultValueFactory = _ => 5 };
        var attacks = new Option<string[]>("--attacks")
        {
            Description = "Also measure the sessions during attacks, on Parley only: all, or the named ones",
            Arity = ArgumentArity.ZeroOrMore,
            AllowMultipleArgumentsPerToken = true,
        };
        var ways = new Option<string[]>("--ways")
        {
            Description = "Ways to measure",
            DefaultValueFactory = _ => ["direct", "plain", "parley"],
            AllowMultipleArgumentsPerToken = true,
        };
        var set = new Option<string[]>("--set")
        {
            Description = "Environment of Parley's process, as NAME=VALUE; repeatable",
            DefaultValueFactory = _ => [],
        };
        var brief = new Option<bool>("--short") { Description = "Run everything once with little load, without waiting or warming up: a test of the benchmark" };
        var command = new Command("relay", "Measure the ways in turn and print one table") { sessions, every, seconds, idle, rounds, attacks, ways, set, brief };
        command.SetAction(async (arguments, token) =>
        {
            ParleyEnvironment.AddRange(arguments.GetValue(set)!.Select(static pair => pair.Split('=', 2)).Select(static pair => (pair[0], pair[1])));
            var results = new SortedDictionary<string, List<double>>(StringComparer.Ordinal);
            string[] named = arguments.GetResult(attacks) is null ? [] : ["none", .. arguments.GetValue(attacks) is { Length: > 0 } some ? some : [.. Attacks.All.Keys]];
            var isShort = arguments.GetValue(brief);
            var interval = TimeSpan.FromMilliseconds(arguments.GetValue(every));
            var (count, length, idleCount) = isShort ? (5, 1, Math.Min(10, arguments.GetValue(idle))) : (arguments.GetValue(sessions), arguments.GetValue(seconds), arguments.GetValue(idle));
            for (var round = 1; round <= (isShort ? 1 : arguments.GetValue(rounds)); round++)
            {
                foreach (var way in arguments.GetValue(ways)!)
                {
                    if (!isShort)
                        await Machine.WaitUntilIdleAsync(token);
                    await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"round {round} {way} (load average {Machine.LoadAverage()})"));
                    await MeasureAsync(way, null, count, interval, length, isShort ? TimeSpan.Zero : WarmUp, results, token);
                    if (way != "direct" && idleCount > 0)
                        await MeasureMemoryAsync(way, idleCount, results, token);
                }
                foreach (var attack in named)
                {
                    await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"round {round} parley during '{attack}' (load average {Machine.LoadAverage()})"));
                    await MeasureAsync("parley", attack, Math.Max(1, count / 5), interval, length, isShort ? TimeSpan.Zero : WarmUpOfAttacks, results, token);
                }
            }
            Print(results);
        });
        return command;
    }

    private static async Task<ServerProcess> StartAsync(string way, ServerProcess upstream, CancellationToken cancellationToken) =>
        await ServerProcess.StartAsync(
            string.Create(CultureInfo.InvariantCulture, $"{way} --upstream {upstream.Address.Port}"), cancellationToken, way is "direct" or "plain" ? [] : ParleyEnvironment);

    private static async Task MeasureAsync(
        string way, string? attack, int count, TimeSpan every, int seconds, TimeSpan warmUp, SortedDictionary<string, List<double>> results, CancellationToken cancellationToken)
    {
        await using var upstream = await ServerProcess.StartAsync("upstream", cancellationToken);
        await using var relay = way == "direct" ? null : await StartAsync(way, upstream, cancellationToken);
        var address = (relay ?? upstream).Address;
        var sessions = await PacedSession.StartManyAsync(address, count, cancellationToken);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var peace = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var speaking = sessions.Select((session, i) => session.SpeakAsync(every * i / count, every, end.Token)).ToList();
        var attacking = attack is null or "none" ? Task.FromResult(0L) : Attacks.RunAsync(address, attack, peace.Token);

        await Task.Delay(warmUp, cancellationToken);
        foreach (var session in sessions)
            session.Counts = true;
        var (threads, before) = (relay?.ThreadTimes(), relay is null || way == "bare" ? 0 : (await relay.MemoryAsync(collect: false, cancellationToken)).Allocated);
        await Task.Delay(TimeSpan.FromSeconds(seconds), cancellationToken);
        var time = relay?.TimeSince(threads!);
        var allocated = relay is null || way == "bare" ? 0 : (await relay.MemoryAsync(collect: false, cancellationToken)).Allocated - before;
        foreach (var session in sessions)
            session.Counts = false;
        await peace.CancelAsync();
        await end.CancelAsync();
        await Task.WhenAll(speaking);
        var attacks = await attacking;

        var trips = sessions.SelectMany(static session => session.RoundTrips).Order().ToArray();
        var group = attack is null ? way : $"{way}, attack: {attack}";
        Add(results, $"round trip p50, µs | {group}", trips[trips.Length / 2]);
        Add(results, $"round trip p99, µs | {group}", trips[trips.Length * 99 / 100]);
        if (attacks > 0)
            Add(results, $"attacks/s | {group}", attacks / (warmUp.TotalSeconds + seconds));
        if (attack is null && time is { } used)
        {
            // Each round trip is one message in each direction.
            Add(results, $"CPU of the relay, µs/message | {group}", used.TotalMicroseconds / (2.0 * trips.Length));
            Add(results, $"allocated by the relay, B/message | {group}", allocated / (2.0 * trips.Length));
        }
        foreach (var session in sessions)
            await session.DisposeAsync();
    }

    private static async Task MeasureMemoryAsync(string way, int count, SortedDictionary<string, List<double>> results, CancellationToken cancellationToken)
    {
        await using var upstream = await ServerProcess.StartAsync("upstream", cancellationToken);
        await using var relay = await StartAsync(way, upstream, cancellationToken);
        foreach (var session in await PacedSession.StartManyAsync(relay.Address, 50, cancellationToken))
            await session.DisposeAsync();
        var (alive, _) = await relay.MemoryAsync(collect: true, cancellationToken);
        var resident = relay.ResidentBytes();
        var sessions = await PacedSession.StartManyAsync(relay.Address, count, cancellationToken);
        var (after, _) = await relay.MemoryAsync(collect: true, cancellationToken);
        Add(results, $"managed memory, KB/session | {way}", (after - alive) / 1024.0 / count);
        Add(results, $"resident memory, KB/session | {way}", (relay.ResidentBytes() - resident) / 1024.0 / count);
        foreach (var session in sessions)
            await session.DisposeAsync();
    }

    private static void Add(SortedDictionary<string, List<double>> results, string name, double value)
    {
        if (!results.TryGetValue(name, out var values))
            results[name] = values = [];
        values.Add(value);
    }

    private static void Print(SortedDictionary<string, List<double>> results)
    {
        foreach (var values in results.Values)
            values.Sort();
        Console.WriteLine("| measured | way | best | median | ratio: best (median) | to |");
        Console.WriteLine("|---|---|--:|--:|--:|---|");
        foreach (var (name, values) in results)
        {
            var (best, median) = BestAndMedian(values);
            var ratio = "| | |";
            if (YardstickOf(name, results) is var (way, yardstick) && BestAndMedian(yardstick) is var (ideal, usual) && ideal > 0 && usual > 0)
                ratio = string.Create(CultureInfo.InvariantCulture, $"| {best / ideal:0.00} ({median / usual:0.00}) | {way} |");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {best:0.0} | {median:0.0} {ratio}"));
        }
    }

    private static (double Best, double Median) BestAndMedian(List<double> values) => (values[0], values[values.Count / 2]);

    // The first of these ways that was measured: no attack, no relay, a relay that knows no WebSockets, the simplest relay. It has none itself.
    private static (string Way, List<double> Values)? YardstickOf(string name, SortedDictionary<string, List<double>> results)
    {
        var (measured, way) = name.Split(" | ") is [var first, var second] ? (first, second) : (name, "");
        string[] yardsticks = way.Contains("attack", StringComparison.Ordinal) ? ["parley, attack: none"] : ["direct", "bare", "plain"];
        foreach (var yardstick in yardsticks)
        {
            if (results.TryGetValue($"{measured} | {yardstick}", out var values))
                return yardstick == way ? null : (yardstick, values);
        }
        return null;
    }
}
