using System.CommandLine;
using Parley.Client;

namespace Parley.Bench.Speech.Conversations;

/// <summary>Memory of the server, of each engine process, and of each session that had one turn and is silent.</summary>
internal static class MemoryCommand
{
    internal static Command Create()
    {
        var sessions = new Option<int>("--sessions") { Description = "Sessions", DefaultValueFactory = _ => 100 };
        var command = new Command("memory", "Memory per session and per engine (about a minute)") { sessions };
        command.SetAction((arguments, token) => RunAsync(arguments.GetValue(sessions), token));
        return command;
    }

    private static async Task RunAsync(int count, CancellationToken cancellationToken)
    {
        var questions = await Questions.SayAsync(cancellationToken);
        var silence = TimeSpan.FromMilliseconds(500);
        await using var server = await Server.StartAsync(cancellationToken);
        await using (var first = await server.Client().ConnectAsync(Talker.Setup(silence), cancellationToken))
            await new Talker(first, questions, 0, silence).TalkAsync(TimeSpan.FromSeconds(15), cancellationToken);
        var before = server.Memory();

        List<LiveSession> sessions = [];
        for (var i = 0; i < count; i++)
        {
            var session = await server.Client().ConnectAsync(Talker.Setup(silence), cancellationToken);
            await session.SendTextAsync("what time is it", cancellationToken);
            await foreach (var update in session.ReadAllAsync(cancellationToken))
            {
                if (update is TurnCompleteUpdate)
                    break;
            }
            sessions.Add(session);
        }
        var after = server.Memory();
        foreach (var session in sessions)
            await session.DisposeAsync();

        Table.Head("process, after a conversation", "resident, MB");
        foreach (var (command, megabytes) in before)
            Table.Row(command, Table.Number(megabytes));
        Table.Row($"the server with {count} more sessions", Table.Number(after[0].Megabytes));
        Table.Row("each of them, KB", Table.Number((after[0].Megabytes - before[0].Megabytes) * 1024 / count));
    }
}
