using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Parley.Client;
using Parley.Speech.Models;

namespace Parley.Cli.Output;

/// <summary>Output for programs: one JSON object per line, each with a <c>type</c>.</summary>
internal sealed class JsonReport(TextWriter output, TimeProvider time) : IReport
{
    private static readonly JsonSerializerOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();

    public void Fact(string kind, string sentence, params ReadOnlySpan<(string Name, object? Value)> data)
    {
        var line = new Dictionary<string, object?> { ["type"] = kind };
        foreach (var (name, value) in data)
            line[name] = value;
        Write(line);
    }

    public void Table(string kind, IReadOnlyList<string> header, IReadOnlyList<TableRow> rows, string whenEmpty)
    {
        foreach (var row in rows)
            Fact(kind, "", row.Data);
        Fact(kind + "List", "", ("count", rows.Count));
    }

    public void Note(string sentence) => Write(new() { ["type"] = "note", ["message"] = sentence });

    public void Heard(string text) => Write(new() { ["type"] = "inputTranscription", ["text"] = text });

    public void Said(string text) => Write(new() { ["type"] = "text", ["text"] = text });

    public void EndLine()
    {
    }

    public void Text(string kind, string text) => Write(new() { ["type"] = kind, ["message"] = text });

    public Task TransferAsync(string name, Func<Action<TransferProgress>, Task> transfer)
    {
        long shown = 0;
        return transfer(progress =>
        {
            // The first piece of a file, and then one a second.
            if (shown != 0 && progress.Bytes != progress.Total && time.GetElapsedTime(shown) < Interval)
                return;
            shown = time.GetTimestamp();
            Fact("progress", "", ("name", name), ("file", progress.File), ("bytes", progress.Bytes), ("total", progress.Total));
        });
    }

    public void Error(string message, EndCause? cause) =>
        Write(new() { ["type"] = "error", ["message"] = Report.OneLine(message), ["cause"] = cause?.ToString() });

    private void Write(Dictionary<string, object?> line)
    {
        lock (_gate)
        {
            output.WriteLine(JsonSerializer.Serialize(line, Options));
            output.Flush();
        }
    }
}
