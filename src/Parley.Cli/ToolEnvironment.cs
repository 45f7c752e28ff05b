using Parley.Client;

namespace Parley.Cli;

/// <summary>What a run of the tool uses besides its arguments. Tests replace it.</summary>
internal sealed class ToolEnvironment
{
    private bool _isInputTaken;

    internal required TextWriter Output { get; init; }

    internal required TextWriter Error { get; init; }

    /// <summary>Standard input.</summary>
    internal required Func<Stream> Input { get; init; }

    /// <summary>Whether standard input is a pipe or a file; a prompt is useless then.</summary>
    internal bool IsInputRedirected { get; init; } = true;

    /// <summary>Whether standard output is a pipe or a file; a screen that is redrawn is useless then.</summary>
    internal bool IsOutputRedirected { get; init; } = true;

    internal bool IsErrorRedirected { get; init; } = true;

    /// <summary>Reads a key typed at the terminal, without showing it.</summary>
    internal Func<string> ReadHidden { get; init; } = static () => "";

    /// <summary>An environment variable; null if it is not set.</summary>
    internal required Func<string, string?> Variables { get; init; }

    /// <summary>Starts a program; tests replace its streams.</summary>
    internal Func<System.Diagnostics.ProcessStartInfo, System.Diagnostics.Process?> StartProcess { get; init; } = System.Diagnostics.Process.Start;

    internal TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Sends all requests to servers; null = one of each client's own.</summary>
    internal HttpMessageInvoker? Invoker { get; init; }

    /// <summary>The environment of this process.</summary>
    internal static ToolEnvironment OfProcess() => new()
    {
        Output = Console.Out,
        Error = Console.Error,
        Input = Console.OpenStandardInput,
        IsInputRedirected = Console.IsInputRedirected,
        IsOutputRedirected = Console.IsOutputRedirected,
        IsErrorRedirected = Console.IsErrorRedirected,
        ReadHidden = TerminalKey.Read,
        Variables = Environment.GetEnvironmentVariable,
    };

    /// <summary>An environment variable; null if it is not set or empty.</summary>
    internal string? Variable(string name) => Variables(name) is { Length: > 0 } value ? value : null;

    /// <summary>Options of a client of this server.</summary>
    internal LiveClientOptions ClientOptions(Uri server) => new() { BaseAddress = server, TimeProvider = TimeProvider, Invoker = Invoker };

    /// <summary>Opens standard input, which only one option can read.</summary>
    /// <exception cref="CommandException">It was opened before.</exception>
    internal Stream TakeInput()
    {
        if (_isInputTaken)
            throw new CommandException("'-' is standard input, and only one option can read it. Give a file to the others.", ExitCodes.Usage);
        _isInputTaken = true;
        return Input();
    }
}
