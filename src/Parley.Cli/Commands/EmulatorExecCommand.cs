using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using Parley.Cli.Emulation;

namespace Parley.Cli.Commands;

/// <summary><c>parley emulator exec -- COMMAND</c>: runs a test command with an emulator of its own.</summary>
internal static class EmulatorExecCommand
{
    /// <summary>How long a command has to end after a signal, before it is killed.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    internal static Command Create(ToolEnvironment environment)
    {
        var options = new EmulatorOptions();
        var words = new CommandArgument("The command that runs the tests, and its arguments, after --");
        var noVerify = new Option<bool>("--no-verify") { Description = "Do not check that the scenarios were followed" };
        var command = new Command("exec", "Run a command with the variables of the SDKs set, then verify") { words };
        options.AddTo(command);
        command.Options.Add(noVerify);
        command.SetBody(environment, async (parsed, report, cancellationToken) =>
        {
            await using var emulator = await options.StartAsync(parsed, report, cancellationToken);
            var variables = EmulatorVariables.Of(emulator, TrustFiles.Of(emulator, environment));
            var exitCode = await RunAsync(parsed.GetValue(words)!, variables, environment, cancellationToken);
            if (exitCode != 0)
                report.Note($"{parsed.GetValue(words)![0]} ended with exit code {exitCode}.");
            if (parsed.GetValue(noVerify))
                return exitCode;
            var verified = await EmulatorCommand.VerifyAsync(emulator, report);
            return exitCode != 0 ? exitCode : verified;
        });
        return command;
    }

    private static async Task<int> RunAsync(
        string[] words, IReadOnlyList<EmulatorVariable> variables, ToolEnvironment environment, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(words[0], words[1..]) { UseShellExecute = false };
        foreach (var variable in variables)
            start.Environment[variable.Name] = variable.Value;
        start.Environment.Remove(EmulatorVariables.OtherKey);
        // A proxy cannot reach loopback of this machine.
        foreach (var name in (string[])["NO_PROXY", "no_proxy"])
            start.Environment[name] = start.Environment.TryGetValue(name, out var hosts) && hosts is { Length: > 0 } ? $"{hosts},127.0.0.1" : "127.0.0.1";
        Process process;
        try
        {
            process = environment.StartProcess(start) ?? throw new CommandException($"{words[0]} could not be started.", ExitCodes.Failure);
        }
        catch (Exception e) when (e is Win32Exception or FileNotFoundException or InvalidOperationException or ArgumentException)
        {
            throw new CommandException($"{words[0]} could not be started: {e.Message}", ExitCodes.Failure);
        }
        using (process)
        {
            try
            {
                await process.WaitForExitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                // The terminal has sent the signal to the command too.
                await EndAsync(process, environment.TimeProvider);
            }
            return process.ExitCode;
        }
    }

    private static async Task EndAsync(Process process, TimeProvider time)
    {
        using var grace = new CancellationTokenSource(Grace, time);
        try
        {
            await process.WaitForExitAsync(grace.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }
}
