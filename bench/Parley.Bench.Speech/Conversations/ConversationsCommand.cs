using System.CommandLine;
using Parley.Client;

namespace Parley.Bench.Speech.Conversations;

/// <summary>Concurrent conversations in real time, until the first audio of answers is too late.</summary>
internal static class ConversationsCommand
{
    private const double Limit = 500;

    // Skip the first turn of each talker: it waits for compilation and model loading.
    private const int WarmUp = 1;

    internal static Command Create()
    {
        var sessions = new Option<int[]>("--sessions")
        {
            Description = "Numbers of concurrent conversations", DefaultValueFactory = _ => [1, 4, 8, 12, 16, 24], AllowMultipleArgumentsPerToken = true,
        };
        var seconds = new Option<int>("--seconds")
        {
            Description = "Duration of the measurement for each number",
            DefaultValueFactory = _ => 60,
        };
        var silence = new Option<int>("--silence")
        {
            Description = "Silence that ends a turn, in milliseconds",
            DefaultValueFactory = _ => 500,
        };
        var command = new Command("conversations", "How many conversations this machine supports (a minute and a half for each number)") { sessions, seconds, silence };
        command.SetAction((arguments, token) => RunAsync(
            arguments.GetValue(sessions)!, TimeSpan.FromSeconds(arguments.GetValue(seconds)), TimeSpan.FromMilliseconds(arguments.GetValue(silence)), token));
        return command;
    }

    private static async Task RunAsync(int[] numbers, TimeSpan time, TimeSpan silence, CancellationToken cancellationToken)
    {
        var questions = await Questions.SayAsync(cancellationToken);
        Table.Head("conversations", "turns", "missed", "first audio after the silence window, p50 ms", "p95 ms", "CPU, % of a core", "per conversation", "memory, MB");
        foreach (var number in numbers)
        {
            await using var server = await Server.StartAsync(cancellationToken, Server.FixedSilence);
            var sessions = new List<LiveSession>();
            for (var i = 0; i < number; i++)
                sessions.Add(await server.Client().ConnectAsync(Talker.Setup(silence), cancellationToken));
            var talkers = sessions.Select((session, i) => new Talker(session, questions, i, silence)).ToArray();
            var (cpu, started) = (server.CpuTime(), TimeProvider.System.GetTimestamp());
            await Task.WhenAll(talkers.Select((talker, i) => StartLaterAsync(talker, i * 437 % 3_000)));
            var busy = (server.CpuTime() - cpu) / TimeProvider.System.GetElapsedTime(started);
            var memory = server.Memory().Sum(process => process.Megabytes);
            foreach (var session in sessions)
                await session.DisposeAsync();

            var delays = talkers.SelectMany(talker => talker.Delays.Skip(WarmUp)).ToArray();
            var p95 = Table.Percentile(delays, 0.95);
            Table.Row(
                Table.Number(number), Table.Number(delays.Length), Table.Number(talkers.Sum(talker => talker.Missed)), Table.Number(Table.Percentile(delays, 0.5)),
                Table.Number(p95), Table.Number(busy * 100), Table.Number(busy * 100 / number), Table.Number(memory));
            if (!(p95 <= Limit))
            {
                Console.WriteLine();
                Console.WriteLine($"The p95 exceeded {Limit:0} ms at {number}.");
                return;
            }
        }

        async Task StartLaterAsync(Talker talker, int milliseconds)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), cancellationToken);
            await talker.TalkAsync(time, cancellationToken);
        }
    }
}
