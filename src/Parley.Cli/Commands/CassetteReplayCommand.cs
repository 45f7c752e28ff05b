using System.CommandLine;
using Parley.Testing;

namespace Parley.Cli.Commands;

/// <summary><c>parley cassette replay PATH [-- COMMAND]</c>: a server that plays a recording, and says what the clients did otherwise.</summary>
internal static class CassetteReplayCommand
{
    internal static Command Create(ToolEnvironment environment)
    {
        var path = CassetteCommand.PathOf("path", "Cassette or other recording");
        var port = Ports.Option("--port", 0, "Port on loopback to listen on; 0 picks a free one. Default: 0");
        var pace = new Option<string>("--pace")
        {
            Description = "When to send: lockstep (at once) or original (after the recorded time)", HelpName = "PACE", DefaultValueFactory = static _ => "lockstep",
        };
        pace.AcceptOnlyFromAmong("lockstep", "original");
        var match = new Option<string>("--match")
        {
            Description = "What must be as recorded: everything, nothing, or names of setup, text, toolnames, toolresponses, order, others, with commas between", HelpName = "PARTS",
            DefaultValueFactory = static _ => "everything",
        };
        match.Validators.Add(static result =>
        {
            if (result.Tokens is [{ Value: var value }] && !TryMatch(value, out _))
                result.AddError($"--match is '{value}'. Give everything, nothing, or some of setup,text,toolnames,toolresponses,order,others.");
        });
        var ignore = new Option<string[]>("--ignore") { Description = "A member that may differ, such as setup.labels. Repeatable", HelpName = "MEMBER" };
        var lenient = new Option<bool>("--lenient") { Description = "Play on when a message is not as recorded" };
        var program = CassetteProgram.Argument();
        var command = new Command("replay", "Replay a recording as a server, until Ctrl+C or until a command ends; exit code 1 if a client did something else")
        {
            path, port, pace, match, ignore, lenient, program,
        };
        command.SetBody(environment, async (parsed, report, cancellationToken) =>
        {
            var cassette = CassetteCommand.Load(parsed.GetValue(path)!);
            await using var run = await CassetteProgram.StartAsync(
                report, parsed.GetValue(port) ?? 0, cassette,
                options =>
                {
                    options.Pace = parsed.GetValue(pace) == "original" ? CassettePace.Original : CassettePace.LockStep;
                    options.Match = TryMatch(parsed.GetValue(match)!, out var parts) ? parts : CassetteMatch.Everything;
                    options.IsStrict = !parsed.GetValue(lenient);
                    foreach (var member in parsed.GetValue(ignore) ?? [])
                        options.Ignore.Add(member);
                },
                cancellationToken);
            var code = await run.RunAsync(parsed.GetValue(program) ?? [], cancellationToken);
            run.Verify();
            report.Fact("verified", "the clients sent what was recorded");
            return code;
        });
        return command;
    }

    private static bool TryMatch(string text, out CassetteMatch match)
    {
        match = CassetteMatch.Nothing;
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (part.Length == 0 || !char.IsAsciiLetter(part[0]) || !Enum.TryParse<CassetteMatch>(part, ignoreCase: true, out var one))
                return false;
            match |= one;
        }
        return true;
    }
}
