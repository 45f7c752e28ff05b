using System.CommandLine;
using System.Net;

namespace Parley.Bench.Speech.Conversations;

/// <summary>The first answer after the start of a server against the later ones, with and without warm-up, and what the warm-up costs the start.</summary>
internal static class FirstTurnCommand
{
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(500);

    internal static Command Create()
    {
        var rounds = new Option<int>("--rounds") { Description = "Starts of a server, for each of the two ways", DefaultValueFactory = _ => 5 };
        var seconds = new Option<int>("--seconds") { Description = "Duration of each conversation", DefaultValueFactory = _ => 60 };
        var command = new Command("first-turn", "The first answer after a start, and the start itself (about a minute for each round and way)") { rounds, seconds };
        command.SetAction((arguments, token) => RunAsync(arguments.GetValue(rounds), TimeSpan.FromSeconds(arguments.GetValue(seconds)), token));
        return command;
    }

    private static async Task RunAsync(int rounds, TimeSpan time, CancellationToken cancellationToken)
    {
        var questions = await Questions.SayAsync(cancellationToken);
        Table.Head("warm-up", "start to setupComplete p50, ms", "to ready p50, ms", "first turn p50, ms after the silence", "later turns p50, ms", "first turn, most", "later, most");
        foreach (var warmUp in new[] { false, true })
        {
            List<double> setups = [], ready = [], first = [], later = [];
            for (var round = 0; round < rounds; round++)
            {
                var started = TimeProvider.System.GetTimestamp();
                await using var server = await Server.StartAsync(cancellationToken, Server.FixedSilence, $"Cascade__WarmUp={warmUp}");
                await using var session = await server.Client().ConnectAsync(Talker.Setup(Silence), cancellationToken);
                setups.Add(TimeProvider.System.GetElapsedTime(started).TotalMilliseconds);
                await WaitUntilReadyAsync(server.Address, cancellationToken);
                ready.Add(TimeProvider.System.GetElapsedTime(started).TotalMilliseconds);
                var talker = new Talker(session, questions, 0, Silence);
                await talker.TalkAsync(time, cancellationToken);
                first.AddRange(talker.Delays.Take(1));
                later.AddRange(talker.Delays.Skip(1));
            }
            Table.Row(
                warmUp ? "yes" : "no", Table.Number(Table.Percentile(setups, 0.5)), Table.Number(Table.Percentile(ready, 0.5)), Table.Number(Table.Percentile(first, 0.5)),
                Table.Number(Table.Percentile(later, 0.5)), Table.Number(first.Max()), Table.Number(later.Max()));
        }
    }

    private static async Task WaitUntilReadyAsync(Uri address, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = address };
        while (true)
        {
            using var response = await http.GetAsync(new Uri("/readyz", UriKind.Relative), cancellationToken);
            if (response.StatusCode == HttpStatusCode.OK)
                return;
            await Task.Delay(TimeSpan.FromMilliseconds(10), cancellationToken);
        }
    }
}
