using System.Diagnostics;
using System.Globalization;

namespace Parley.Bench.Client;

/// <summary>Alternates between all contenders in each round against one server, and prints a table of the best and the median.</summary>
internal static class Comparison
{
    // If the pause is longer than the handling of a message, every message wakes the client.
    private const int PacedMessages = 1_500, PacedMilliseconds = 2;

    private static readonly Contender[] Receivers =
        [Contender.RawIn, Contender.OwnedIn, Contender.PooledIn, Contender.ThreadOwnedIn, Contender.ThreadPooledIn, Contender.SdkIn];

    private static readonly Contender[] Senders = [Contender.RawOut, Contender.ParleyOut, Contender.ThreadOut, Contender.SdkOut];

    private static readonly (string Title, Contender[] Contenders, int Pause)[] Groups =
    [
        ("40 ms of audio in, at full speed", Receivers, 0),
        ("40 ms of audio in, one at a time", Receivers, PacedMilliseconds),
        ("20 ms of audio out, at full speed", Senders, 0),
        ("20 ms of audio out, one at a time", Senders, PacedMilliseconds),
    ];

    internal static async Task RunAsync(int messages, int rounds, string nodeModules, CancellationToken cancellationToken)
    {
        using var server = Start(Environment.ProcessPath!, ["serve"]);
        var costs = new Dictionary<(int Group, Contender Contender), List<Cost>>();
        try
        {
            var address = await server.StandardOutput.ReadLineAsync(cancellationToken) ?? throw new InvalidOperationException("The server did not start.");
            for (var round = 1; round <= rounds; round++)
            {
                for (var group = 0; group < Groups.Length; group++)
                {
                    // Each round begins with another contender, so that none always follows the same one.
                    var contenders = Groups[group].Contenders;
                    for (var i = 0; i < contenders.Length; i++)
                    {
                        var contender = contenders[(i + round) % contenders.Length];
                        var count = Groups[group].Pause > 0 ? Math.Min(PacedMessages, messages) : messages;
                        var cost = await MeasureAsync(contender, address, count, Groups[group].Pause, nodeModules, cancellationToken);
                        if (cost is not null)
                            (costs.TryGetValue((group, contender), out var list) ? list : costs[(group, contender)] = []).Add(cost);
                    }
                }
                await Console.Error.WriteLineAsync($"round {round} of {rounds}, load {(await File.ReadAllTextAsync("/proc/loadavg", cancellationToken)).Split(' ')[0]}");
            }
        }
        finally
        {
            server.StandardInput.Close();
            await server.WaitForExitAsync(CancellationToken.None);
        }
        Print(costs);
    }

    private static void Print(Dictionary<(int Group, Contender Contender), List<Cost>> costs)
    {
        Console.WriteLine("| measured | who | CPU µs/message: best, median (most) | against the raw socket: best (median) | allocated B | context switches | work items of the pool |");
        Console.WriteLine("|---|---|--:|--:|--:|--:|--:|");
        for (var group = 0; group < Groups.Length; group++)
        {
            var raw = costs[(group, Groups[group].Contenders[0])];
            foreach (var contender in Groups[group].Contenders)
            {
                if (!costs.TryGetValue((group, contender), out var own))
                    continue;
                var (best, median, bytes) = (own.Min(cost => cost.Microseconds), Median(own), own.Min(cost => cost.Bytes));
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {Groups[group].Title} | {Name(contender)} | {best:0.0}, {median:0.0} ({own.Max(cost => cost.Microseconds):0.0}) | {best / raw.Min(cost => cost.Microseconds):0.00} ({median / Median(raw):0.00}) | {Number(bytes, "0")} | {Number(own.Min(cost => cost.Switches), "0.00")} | {Number(own.Min(cost => cost.WorkItems), "0.00")} |"));
            }
        }
    }

    private static string Name(Contender contender) => contender switch
    {
        Contender.RawIn or Contender.RawOut => "raw `ClientWebSocket`",
        Contender.OwnedIn => "`ReadAllAsync()`",
        Contender.PooledIn => "`ReadAllAsync(sink)`",
        Contender.ThreadOwnedIn => "`ReadAllAsync()`, `UseSessionThread`",
        Contender.ThreadPooledIn => "`ReadAllAsync(sink)`, `UseSessionThread`",
        Contender.ThreadOut => "`SendAudioAsync` from a thread",
        Contender.ParleyOut => "`SendAudioAsync`",
        _ => "`@google/genai`, Node.js",
    };

    private static string Number(double value, string format) => double.IsNaN(value) ? "–" : value.ToString(format, CultureInfo.InvariantCulture);

    private static double Median(List<Cost> costs)
    {
        var sorted = costs.Select(static cost => cost.Microseconds).Order().ToList();
        return (sorted[sorted.Count / 2] + sorted[(sorted.Count - 1) / 2]) / 2;
    }

    private static async Task<Cost?> MeasureAsync(
        Contender contender, string address, int messages, int pause, string nodeModules, CancellationToken cancellationToken)
    {
        string[] numbers = [messages.ToString(CultureInfo.InvariantCulture), pause.ToString(CultureInfo.InvariantCulture)];
        if (contender is Contender.SdkIn or Contender.SdkOut)
        {
            if (!Directory.Exists(Path.Combine(nodeModules, "@google")))
            {
                await Console.Error.WriteLineAsync($"{nodeModules} has no @google/genai, so it is skipped. ./test installs it.");
                return null;
            }
            return await CostAsync(
                Start("node", [Path.Combine(AppContext.BaseDirectory, "sdk.mjs"), contender == Contender.SdkIn ? "in" : "out", address, .. numbers, Path.GetFullPath(nodeModules)]),
                cancellationToken);
        }
        return await CostAsync(
            Start(Environment.ProcessPath!, ["client", contender.ToString(), address, "--messages", numbers[0], "--pause", numbers[1]]), cancellationToken);
    }

    private static async Task<Cost> CostAsync(Process process, CancellationToken cancellationToken)
    {
        using (process)
        {
            var line = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0 && line.Trim().Split(' ').Length == 4
                ? Cost.Read(line)
                : throw new InvalidOperationException($"A contender exited with code {process.ExitCode} after printing: {line}");
        }
    }

    private static Process Start(string program, string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
}
