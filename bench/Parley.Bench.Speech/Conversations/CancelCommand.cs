using System.CommandLine;
using Parley.Client;
using Parley.Protocol;

namespace Parley.Bench.Speech.Conversations;

/// <summary>Time from the interruption by the user to <c>interrupted</c>, after which no audio of the answer arrives.</summary>
internal static class CancelCommand
{
    internal static Command Create()
    {
        var rounds = new Option<int>("--rounds") { Description = "Number of interrupted answers", DefaultValueFactory = _ => 50 };
        var command = new Command("cancel", "Time from an interruption to silence (about a minute)") { rounds };
        command.SetAction((arguments, token) => RunAsync(arguments.GetValue(rounds), token));
        return command;
    }

    private static async Task RunAsync(int rounds, CancellationToken cancellationToken)
    {
        await using var server = await Server.StartAsync(cancellationToken);
        var setup = Talker.Setup(TimeSpan.FromMilliseconds(500)) with
        {
            RealtimeInput = new RealtimeInputConfig { AutomaticActivityDetection = new AutomaticActivityDetection { Disabled = true } },
        };
        await using var session = await server.Client().ConnectAsync(setup, cancellationToken);
        await using var updates = session.ReadAllAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        List<double> times = [];
        for (var round = 0; round < rounds; round++)
        {
            await session.SendTextAsync("Tell me a long story.", cancellationToken);
            for (var chunks = 0; chunks < 5;)
                chunks += await NextAsync(updates) is AudioUpdate ? 1 : 0;
            var interrupted = TimeProvider.System.GetTimestamp();
            await session.SendActivityStartAsync(cancellationToken);
            while (await NextAsync(updates) is not InterruptedUpdate)
            {
            }
            times.Add(TimeProvider.System.GetElapsedTime(interrupted).TotalMilliseconds);
            await session.SendActivityEndAsync(cancellationToken);
            while (await NextAsync(updates) is not TurnCompleteUpdate)
            {
            }
        }
        Table.Head("interruption to silence", "ms");
        Table.Row("best", Table.Number(times.Min()));
        Table.Row("p50", Table.Number(Table.Percentile(times, 0.5)));
        Table.Row("p95", Table.Number(Table.Percentile(times, 0.95)));
    }

    private static async Task<LiveUpdate> NextAsync(IAsyncEnumerator<LiveUpdate> updates) =>
        await updates.MoveNextAsync() ? updates.Current : throw new InvalidOperationException("The session ended.");
}
