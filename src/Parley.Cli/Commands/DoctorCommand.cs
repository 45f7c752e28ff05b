using System.CommandLine;
using Parley.Client;

namespace Parley.Cli.Commands;

/// <summary><c>parley doctor</c>: opens a session step by step and reports which step fails, why, and what to do.</summary>
internal static class DoctorCommand
{
    internal static Command Create(ToolEnvironment environment)
    {
        var server = new ServerOptions(environment);
        var setup = new SetupOptions();
        var command = new Command("doctor", "Open a session step by step and report which step fails, why, and what to do");
        server.AddTo(command);
        setup.AddTo(command);
        command.SetBody(environment, async (parsed, report, cancellationToken) =>
        {
            report.Fact("server", $"server      {server.Url(parsed)}", ("url", server.Url(parsed).ToString()));
            DiagnosisStep? failed = null;
            await foreach (var step in server.CreateClient(parsed).DiagnoseAsync(setup.Create(parsed), cancellationToken))
            {
                var mark = step.Outcome switch { DiagnosisOutcome.Passed => "ok", DiagnosisOutcome.Failed => "FAILED", _ => "-" };
                var time = step.Outcome == DiagnosisOutcome.Skipped ? "" : $" ({step.Duration.TotalMilliseconds:0} ms)";
                var detail = failed is null ? step.Detail : $"not tried, because {Name(failed.Kind)} failed";
                report.Fact(
                    "step", $"{Name(step.Kind),-11} {mark,-7} {detail}{time}",
                    ("step", Name(step.Kind)), ("outcome", step.Outcome.ToString()), ("detail", detail), ("cure", step.Hint),
                    ("cause", step.Cause?.ToString()), ("ms", Math.Round(step.Duration.TotalMilliseconds, 1)));
                if (step.Outcome == DiagnosisOutcome.Failed)
                    failed = step;
            }
            if (failed is null)
            {
                report.Fact("healthy", "Everything works.");
                return ExitCodes.Success;
            }
            throw new CommandException(
                $"{Name(failed.Kind)}: {failed.Detail.TrimEnd('.')}. {failed.Hint}".TrimEnd(),
                CommandRunner.ExitCodeOf(failed.Cause ?? EndCause.Unknown));
        });
        return command;
    }

    private static string Name(DiagnosisStepKind kind) => kind switch
    {
        DiagnosisStepKind.Dns => "dns",
        DiagnosisStepKind.Tcp => "tcp",
        DiagnosisStepKind.Tls => "tls",
        DiagnosisStepKind.Upgrade => "upgrade",
        DiagnosisStepKind.Credential => "credential",
        DiagnosisStepKind.Setup => "setup",
        DiagnosisStepKind.Answer => "answer",
        DiagnosisStepKind.GuideConfig => "guide",
        _ => kind.ToString(),
    };
}
