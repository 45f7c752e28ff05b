using System.CommandLine;
using Parley.Cli.Output;
using Parley.Client;

namespace Parley.Cli.Commands;

/// <summary>Runs the body of a command and turns exceptions into a message and an exit code.</summary>
internal static class CommandRunner
{
    internal const string Json = "--json";

    internal static void SetBody(
        this Command command, ToolEnvironment environment, Func<ParseResult, IReport, CancellationToken, Task<int>> body)
    {
        // Not shared: an option keeps a list of all commands that it was ever added to.
        command.Options.Add(new Option<bool>(Json) { Description = "Print one JSON object per line" });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            // On a signal the command line waits for the task that this method returns, so return it at once and not at the first await of
            // the body.
            await Task.Yield();
            var report = Report.Create(environment, parsed.GetValue<bool>(Json));
            try
            {
                return await body(parsed, report, cancellationToken);
            }
            catch (CommandException e)
            {
                report.Error(e.Message, cause: null);
                return e.ExitCode;
            }
            catch (LiveException e)
            {
                report.Error(e.Message, e.Cause);
                return ExitCodeOf(e.Cause);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return ExitCodes.Failure;
            }
#pragma warning disable CA1031 // The edge of every command: whatever failed, users get a sentence and an exit code.
            catch (Exception e)
#pragma warning restore CA1031
            {
                report.Error(e.Message, cause: null);
                return ExitCodes.Failure;
            }
        });
    }

    /// <summary>3 if repeating the same command cannot help, otherwise 1; 0 for a normal end.</summary>
    internal static int ExitCodeOf(EndCause cause) => cause switch
    {
        EndCause.ByClient or EndCause.Completed => ExitCodes.Success,
        EndCause.InvalidKey or EndCause.ExpiredKey or EndCause.ExpiredToken or EndCause.NoIdentity or EndCause.Forbidden or EndCause.Region
            or EndCause.UnknownModel or EndCause.UnknownField or EndCause.DeprecatedField or EndCause.InvalidArgument or EndCause.UnsupportedFeature
            or EndCause.SetupOrder or EndCause.InvalidHandle or EndCause.SessionNotFound or EndCause.OperationRefused or EndCause.MessageTooBig
            or EndCause.Quota => ExitCodes.Refused,
        _ => ExitCodes.Failure,
    };
}
