using System.CommandLine;

namespace Parley.Bench.Load;

/// <summary>The command that measures.</summary>
internal static class LoadCommand
{
    internal static Command Create()
    {
        var sessions = new Option<int>("--sessions")
        {
            Description = "Sessions that send a message every 20 ms",
            DefaultValueFactory = _ => 100,
        };
        var seconds = new Option<int>("--seconds") { Description = "Seconds of measurement", DefaultValueFactory = _ => 6 };
        var idle = new Option<int[]>("--idle")
        {
            Description = "Numbers of idle sessions",
            DefaultValueFactory = _ => [1_000, 2_000],
            AllowMultipleArgumentsPerToken = true,
        };
        var turns = new Option<int>("--turns") { Description = "Turns of the long session", DefaultValueFactory = _ => 5_000 };
        var rounds = new Option<int>("--rounds") { Description = "Rounds", DefaultValueFactory = _ => 5 };
        var only = new Option<string[]>("--only")
        {
            Description = "Measurements to run: paced, listening, flooded, streamed, ping-pong, idle, long, start",
            DefaultValueFactory = _ => [],
            AllowMultipleArgumentsPerToken = true,
        };
        var target = new Option<Target?>("--target") { Description = "Measure only this server" };
        var limit = new Option<int>("--limit") { Description = "Minutes after which the run is aborted", DefaultValueFactory = _ => 30 };

        var command = new Command("load", "Measure both servers in turn and print one table") { sessions, seconds, idle, turns, rounds, only, target, limit };
        command.SetAction(async (arguments, token) =>
        {
            var options = new LoadOptions
            {
                Sessions = arguments.GetValue(sessions),
                Seconds = arguments.GetValue(seconds),
                Idle = arguments.GetValue(idle)!,
                Turns = arguments.GetValue(turns),
                Rounds = arguments.GetValue(rounds),
                Only = arguments.GetValue(only)!,
                Targets = arguments.GetValue(target) is { } one ? [one] : [Target.Yardstick, Target.Parley],
                Limit = TimeSpan.FromMinutes(arguments.GetValue(limit)),
            };
            using var end = CancellationTokenSource.CreateLinkedTokenSource(token);
            end.CancelAfter(options.Limit);
            ResultTable.Print(await new LoadRun(options, Console.Error).RunAsync(end.Token), Console.Out);
        });
        return command;
    }
}
