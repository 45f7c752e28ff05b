using System.CommandLine;
using Parley.Cli.Emulation;
using Parley.Cli.Output;
using Parley.Testing;

namespace Parley.Cli.Commands;

/// <summary><c>parley emulator</c>: a scripted server for tests in any language.</summary>
internal static class EmulatorCommand
{
    internal static Command Create(ToolEnvironment environment)
    {
        var options = new EmulatorOptions();
        var verify = new Option<bool>("--verify") { Description = "At the end, check that the scenario was followed; exit with 1 and a report if not" };
        var command = new Command("emulator", "Run a scripted server for tests")
        {
            EmulatorExecCommand.Create(environment),
            Lint(environment),
            Schema(environment),
            List(environment, "quirks", "List the quirks that a server can have", ["QUIRK", "SERVER"], static () => Quirk.All.Select(static quirk => (quirk.Name, quirk.Description))),
            List(environment, "defects", "List the ways in which a server can break the protocol on purpose", ["DEFECT", "SERVER"], static () => ServerDefect.All.Select(static defect => (defect.Name, defect.Description))),
        };
        options.AddTo(command);
        command.Options.Add(verify);
        command.SetBody(environment, async (parsed, report, cancellationToken) =>
        {
            await using var emulator = await options.StartAsync(parsed, report, cancellationToken);
            Describe(emulator, TrustFiles.Of(emulator, environment), report, parsed.GetValue<bool>(CommandRunner.Json));
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, environment.TimeProvider, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                // Ctrl+C or SIGTERM: the usual end.
            }
            return parsed.GetValue(verify) ? await VerifyAsync(emulator, report) : ExitCodes.Success;
        });
        return command;
    }

    /// <summary>Reports whether the scenarios were followed.</summary>
    /// <returns>The exit code.</returns>
    internal static async Task<int> VerifyAsync(LiveEmulator emulator, IReport report)
    {
        try
        {
            await emulator.VerifyAsync(CancellationToken.None);
            return ExitCodes.Success;
        }
        catch (ExpectationException e)
        {
            report.Text("verification", e.Message);
            return ExitCodes.Failure;
        }
    }

    private static void Describe(LiveEmulator emulator, TrustFiles? trust, IReport report, bool json)
    {
        var url = emulator.BaseAddress.GetLeftPart(UriPartial.Authority);
        List<(string, object?)> facts =
            [("url", url), ("key", emulator.ApiKey), ("control", emulator.ControlAddress.ToString()), ("keys", emulator.ApiKeys)];
        if (trust is not null)
            facts.AddRange([("ca", trust.Ca), ("caBundle", trust.Bundle)]);
        report.Fact("listening", $"Parley emulates the Live API on {url}", [.. facts]);
        if (json)
            return;
        report.Table(
            "variable", ["SET", "TO", "FOR"],
            [.. EmulatorVariables.Of(emulator, trust).Select(static variable => new TableRow([variable.Name, variable.Value, variable.Purpose]))], "");
        if (emulator.ApiKeys.Count > 1)
            report.Fact("keys", $"keys: {string.Join(", ", emulator.ApiKeys)}");
        if (trust is not null)
            report.Fact("ca", $"CA: {trust.Ca}, until the end");
        report.Fact("stop", "Ctrl+C stops it.");
    }

    private static Command Lint(ToolEnvironment environment)
    {
        var files = new Argument<string[]>("file")
        {
            Description = "Scenarios in YAML or JSON, or folders of them",
            HelpName = "FILE",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command("lint", "Check scenario files") { files };
        command.SetBody(environment, (parsed, report, _) =>
        {
            var problems = EmulatorOptions.Expand(parsed.GetValue(files)!).SelectMany(static path => ScenarioFile.Lint(path)).ToList();
            EmulatorOptions.Report(report, problems);
            var errors = problems.Count(static problem => !problem.IsWarning);
            if (errors > 0)
                report.Error($"{errors} error(s).", cause: null);
            return Task.FromResult(errors > 0 ? ExitCodes.Failure : ExitCodes.Success);
        });
        return command;
    }

    private static Command List(ToolEnvironment environment, string name, string description, string[] header, Func<IEnumerable<(string Name, string Text)>> entries)
    {
        var command = new Command(name, description);
        command.SetBody(environment, (_, report, _) =>
        {
            report.Table(name[..^1], header, [.. entries().Select(static entry => new TableRow([entry.Name, entry.Text], ("name", entry.Name), ("description", entry.Text)))], "");
            return Task.FromResult(ExitCodes.Success);
        });
        return command;
    }

    private static Command Schema(ToolEnvironment environment)
    {
        var command = new Command("schema", "Print the JSON Schema of scenario files, for editors");
        command.SetAction(async (_, _) =>
        {
            await environment.Output.WriteAsync(ScenarioFile.Schema);
            return ExitCodes.Success;
        });
        return command;
    }
}
