using Parley.Cli.Output;

namespace Parley.Cli.Talking;

/// <summary>For pipes, logs and programs: lines are never rewritten, so a transcript of the user is held until it is complete.</summary>
internal sealed class LineView(IReport report) : ITalkView
{
    private readonly Lock _lock = new();
    private string _heard = "";

    public void Heard(string text, bool isInterim)
    {
        lock (_lock)
        {
            if (!isInterim)
                _heard += text;
            else
                report.Fact("interimInputTranscription", $"you ~  {text.Trim()}", ("text", text));
        }
    }

    public void Typed(string text) => Fact("typed", $"you    {text}", ("text", text));

    public void Said(string text)
    {
        lock (_lock)
        {
            Flush();
            report.Said(text);
        }
    }

    public void Interrupted()
    {
        lock (_lock)
        {
            Flush();
            report.Fact("interrupted", "interrupted");
        }
    }

    public void EndTurn()
    {
        lock (_lock)
        {
            Flush();
            report.EndLine();
        }
    }

    public void Fact(string kind, string sentence, params ReadOnlySpan<(string Name, object? Value)> data)
    {
        lock (_lock)
        {
            Flush();
            report.Fact(kind, sentence, data);
        }
    }

    public ValueTask DisposeAsync()
    {
        EndTurn();
        return ValueTask.CompletedTask;
    }

    private void Flush()
    {
        if (!string.IsNullOrWhiteSpace(_heard))
            report.Heard(_heard);
        _heard = "";
    }
}
