using System.CommandLine;
using Parley.Cli.Output;
using Parley.Cli.Recording;
using Parley.Testing;

namespace Parley.Cli.Commands;

/// <summary><c>parley cassette</c>: records sessions, plays them as a server, and looks at recordings.</summary>
internal static class CassetteCommand
{
    internal static Command Create(ToolEnvironment environment) => new("cassette", "Record sessions, replay them as a server, and look at recordings")
    {
        CassetteRecordCommand.Create(environment),
        CassetteReplayCommand.Create(environment),
        Show(environment),
        Diff(environment),
        Convert(environment),
        Scan(environment),
    };

    /// <summary>An argument for a recording of any form.</summary>
    internal static Argument<string> PathOf(string name, string description) => new(name) { Description = description, HelpName = name.ToUpperInvariant() };

    internal static Option<string[]> Secrets() => new("--secret")
    {
        Description = "A text that must not be in the cassette, besides keys and tokens. Repeatable", HelpName = "TEXT",
    };

    /// <exception cref="CommandException">It is no recording, or a damaged one.</exception>
    internal static Cassette Load(string path) => Run(() => Cassette.Load(path));

    /// <exception cref="CommandException">The cassette cannot be used.</exception>
    internal static T Run<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (CassetteException e)
        {
            throw new CommandException(e.Message, ExitCodes.Failure);
        }
    }

    private static Command Show(ToolEnvironment environment)
    {
        var path = PathOf("path", "Cassette or other recording");
        var command = new Command("show", "Print the messages of a recording, with their times") { path };
        command.SetBody(environment, (parsed, report, _) =>
        {
            var cassette = Load(parsed.GetValue(path)!);
            foreach (var entry in cassette.Entries)
            {
                report.Fact(
                    "entry", entry.ToString(), ("connection", entry.Connection), ("seconds", entry.Time.TotalSeconds),
                    ("from", entry.Direction == Server.LiveDirection.FromClient ? "client" : "server"), ("after", entry.After),
                    ("message", MessageOf(entry)), ("closeCode", entry.CloseCode), ("closeReason", entry.CloseReason));
            }
            var day = cassette.Recorded is { } recorded ? $", {recorded:yyyy-MM-dd}" : "";
            report.Fact(
                "cassette",
                $"{(cassette.IsVertex ? "Vertex" : "Gemini API")}, {cassette.Model ?? "no model"}, {cassette.Connections.Count} connection(s), {cassette.Entries.Count} entries{day}",
                ("vertex", cassette.IsVertex), ("model", cassette.Model), ("connections", cassette.Connections.Count), ("entries", cassette.Entries.Count),
                ("recorded", cassette.Recorded));
            return Task.FromResult(ExitCodes.Success);
        });
        return command;
    }

    private static System.Text.Json.JsonElement? MessageOf(CassetteEntry entry) => CallRecording.TryParse(entry.Message.Span);

    private static Command Diff(ToolEnvironment environment)
    {
        var before = PathOf("before", "Recording");
        var after = PathOf("after", "Recording to compare with it");
        var command = new Command("diff", "Print how two recordings differ; exit code 1 if they do") { before, after };
        command.SetBody(environment, (parsed, report, _) =>
        {
            var differences = Load(parsed.GetValue(before)!).Differences(Load(parsed.GetValue(after)!));
            foreach (var difference in differences)
                report.Fact("difference", difference, ("difference", difference));
            report.Fact("diff", differences.Count == 0 ? "no differences" : $"{differences.Count} difference(s)", ("differences", differences.Count));
            return Task.FromResult(differences.Count == 0 ? ExitCodes.Success : ExitCodes.Failure);
        });
        return command;
    }

    private static Command Convert(ToolEnvironment environment)
    {
        var path = PathOf("path", "Recording of any form");
        var output = Files.Folder("--out", "Write the cassette to this folder");
        output.Required = true;
        var secrets = Secrets();
        var command = new Command("convert", "Save a recording as a cassette") { path, output, secrets };
        command.SetBody(environment, (parsed, report, _) =>
        {
            var cassette = Load(parsed.GetValue(path)!);
            var folder = parsed.GetValue(output)!;
            Run(() =>
            {
                cassette.Save(folder, parsed.GetValue(secrets) ?? []);
                return true;
            });
            Saved(report, folder, cassette);
            return Task.FromResult(ExitCodes.Success);
        });
        return command;
    }

    private static Command Scan(ToolEnvironment environment)
    {
        var path = PathOf("path", "Cassette or other recording");
        var secrets = Secrets();
        var command = new Command("scan", "Look for keys and tokens in a recording; exit code 1 if there are any") { path, secrets };
        command.SetBody(environment, (parsed, report, _) =>
        {
            var found = Load(parsed.GetValue(path)!).FindSecrets(parsed.GetValue(secrets) ?? []);
            report.Table(
                "secret", ["WHERE", "WHAT"],
                [.. found.Select(static secret => new TableRow([secret.Where, secret.What], ("where", secret.Where), ("what", secret.What)))], "No secrets found.");
            return Task.FromResult(found.Count == 0 ? ExitCodes.Success : ExitCodes.Failure);
        });
        return command;
    }

    internal static void Saved(IReport report, string folder, Cassette cassette) => report.Fact(
        "saved", $"saved {folder}: {cassette.Connections.Count} connection(s), {cassette.Entries.Count} entries",
        ("folder", folder), ("connections", cassette.Connections.Count), ("entries", cassette.Entries.Count));
}
