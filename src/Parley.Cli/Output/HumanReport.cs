using Parley.Client;
using Parley.Speech.Models;
using Spectre.Console;

namespace Parley.Cli.Output;

/// <summary>Output for people: transcripts on standard output, other facts in grey, errors on standard error.</summary>
internal sealed class HumanReport : IReport
{
    private readonly IAnsiConsole _out;
    private readonly IAnsiConsole _error;
    private readonly bool _isErrorRedirected;
    private bool _inLine;

    internal HumanReport(ToolEnvironment environment)
    {
        _out = Create(environment.Output, environment.IsOutputRedirected);
        _error = Create(environment.Error, environment.IsErrorRedirected);
        _isErrorRedirected = environment.IsErrorRedirected;
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

    public void Table(string kind, IReadOnlyList<string> header, IReadOnlyList<TableRow> rows, string whenEmpty)
    {
        EndLine();
        if (rows.Count == 0)
        {
            Note(whenEmpty);
            return;
        }
        var widths = rows[0].Cells.Select((_, column) => Math.Max(header.ElementAtOrDefault(column)?.Length ?? 0, rows.Max(row => row.Cells[column].Length))).ToList();
        if (header.Count > 0)
            _out.MarkupLineInterpolated($"[bold]{Line(header)}[/]");
        foreach (var row in rows)
            _out.WriteLine(Line(row.Cells));

        string Line(IReadOnlyList<string> cells) =>
            string.Join("  ", cells.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd();
    }

    public void Note(string sentence)
    {
        EndLine();
        _error.MarkupLineInterpolated($"[grey]{sentence}[/]");
    }

    public void Text(string kind, string text)
    {
        EndLine();
        _error.MarkupLineInterpolated($"[red]{text}[/]");
    }

    public Task TransferAsync(string name, Func<Action<TransferProgress>, Task> transfer)
    {
        EndLine();
        return _isErrorRedirected ? transfer(Lines(name)) : ShowBarAsync(transfer);
    }

    // One line: the message, and what to do.
    public void Error(string message, EndCause? cause)
    {
        EndLine();
        var line = Report.OneLine(message);
        var hint = cause switch
        {
            EndCause.Network => $"Is a server running there? {ToolName.Current} serve starts one here; --url selects another.",
            { } known when CloseCauses.Hint(known) is var advice && !line.Contains(advice, StringComparison.Ordinal) => advice,
            _ => "",
        };
        _error.MarkupLineInterpolated($"[red]{line}[/][grey]{(hint.Length > 0 ? " " : "")}{hint}[/]");
    }

    // In a log or a pipe: a line for each quarter of a file.
    private Action<TransferProgress> Lines(string name)
    {
        var (file, shown) = ("", 0L);
        return progress =>
        {
            if (progress.File != file)
                (file, shown) = (progress.File, 0);
            var quarters = progress.Total is > 0 ? progress.Bytes * 4 / progress.Total.Value : 0;
            if (quarters <= shown)
                return;
            shown = quarters;
            Note($"{name}: {progress.File} {quarters * 25} % of {FileDownload.Megabytes(progress.Total)}");
        };
    }

    private Task ShowBarAsync(Func<Action<TransferProgress>, Task> transfer) =>
        _error.Progress()
            .Columns(
                new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new DownloadedColumn(),
                new TransferSpeedColumn(), new RemainingTimeColumn())
            .StartAsync(context =>
            {
                var bars = new Dictionary<string, ProgressTask>();
                return transfer(progress =>
                {
                    if (!bars.TryGetValue(progress.File, out var bar))
                        bars[progress.File] = bar = context.AddTask(Markup.Escape(progress.File));
                    bar.IsIndeterminate = progress.Total is null;
                    bar.MaxValue = progress.Total ?? double.MaxValue;
                    bar.Value = progress.Bytes;
                });
            });

    private static IAnsiConsole Create(TextWriter writer, bool isRedirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isRedirected ? AnsiSupport.No : AnsiSupport.Detect,
        });
        // Do not wrap lines in a pipe.
        if (isRedirected)
            console.Profile.Width = int.MaxValue;
        return console;
    }
}
