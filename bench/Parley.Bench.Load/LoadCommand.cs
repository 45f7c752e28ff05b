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
            Description = "Measurements to run: paced, listening, flooded, streamed, ping-pong, text, idle, long, start",
            DefaultValueFactory = _ => [],
            AllowMultipleArgumentsPerToken = true,
        };
        var brief = new Option<bool>("--short") { Description = "Run everything once with little load, without waiting or warming up: a test of the benchmark" };
        var target = new Option<Target?>("--target") { Description = "Measure only this server" };
        var nodeModules = new Option<string>("--node-modules")
        {
            Description = "npm packages with @copilotkit/aimock; ./test installs them",
            DefaultValueFactory = _ => "tests/Parley.EndToEnd/js/node_modules",
        };
        var limit = new Option<int>("--limit") { Description = "Minutes after which the run is aborted", DefaultValueFactory = _ => 30 };

        var command = new Command("load", "Measure both servers in turn and print one table") { sessions, seconds, idle, turns, rounds, only, brief, target, nodeModules, limit };
        command.SetAction(async (arguments, token) =>
        {
            var isShort = arguments.GetValue(brief);
            var options = new LoadOptions
            {
                Sessions = isShort ? 5 : arguments.GetValue(sessions),
                Seconds = isShort ? 1 : arguments.GetValue(seconds),
                Idle = isShort ? [10] : arguments.GetValue(idle)!,
                Turns = isShort ? 100 : arguments.GetValue(turns),
                Rounds = isShort ? 1 : arguments.GetValue(rounds),
                IsShort = isShort,
                Only = arguments.GetValue(only)!,
                NodeModules = arguments.GetValue(nodeModules)!,
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
