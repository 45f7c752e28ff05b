namespace Parley.Cli;

/// <summary>Ends a command with a message and an exit code.</summary>
internal sealed class CommandException(string message, int exitCode) : Exception(message)
{
    internal int ExitCode { get; } = exitCode;
}
