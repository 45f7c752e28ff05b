using Parley.Client;
using Spectre.Console;

namespace Parley.Cli.Output;

/// <summary>Output for people: transcripts on standard output, other facts in grey, errors on standard error.</summary>
internal sealed class HumanReport : IReport
{
    private readonly IAnsiConsole _out = AnsiConsole.Console;
    private readonly IAnsiConsole _error = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
    private bool _inLine;

    internal HumanReport()
    {
        // Do not wrap lines in a pipe.
        if (Console.IsOutputRedirected)
            _out.Profile.Width = int.MaxValue;
        if (Console.IsErrorRedirected)
            _error.Profile.Width = int.MaxValue;
    }

    public void Fact(string kind, string sentence, params ReadOnlySpan<(string Name, object? Value)> data)
    {
        EndLine();
        _out.MarkupLineInterpolated($"[grey]{sentence}[/]");
    }

    public void Heard(string text)
    {
        EndLine();
        _out.MarkupLineInterpolated($"[cyan]you[/]    {text.Trim()}");
    }

    public void Said(string text)
    {
        if (!_inLine)
        {
            _out.Markup("[green]model[/]  ");
            text = text.TrimStart();
        }
        _inLine = true;
        _out.Write(new Text(text));
    }

    public void EndLine()
    {
        if (_inLine)
            _out.WriteLine();
        _inLine = false;
    }

    public void Error(string message, EndCause? cause)
    {
        EndLine();
        _error.MarkupLineInterpolated($"[red]{message}[/]");
        if (cause is EndCause.Network)
        {
            _error.MarkupLineInterpolated(
                $"[grey]Is a server running there? {ToolName.Current} serve starts one here; --url selects another.[/]");
        }
        else if (cause is { } known && CloseCauses.Hint(known) is var hint && !message.Contains(hint, StringComparison.Ordinal))
        {
            _error.MarkupLineInterpolated($"[grey]{hint}[/]");
        }
    }
}
