using System.Text.Json;

namespace Parley.EndToEnd.Harness;

/// <summary>The output and exit code of a run of the tool.</summary>
internal sealed record ToolRun(int ExitCode, IReadOnlyList<OutputLine> Lines)
{
    public IEnumerable<string> Output => Lines.Where(line => !line.IsError).Select(line => line.Text);

    /// <summary>The output as JSON, one object per line; throws if a line is not JSON.</summary>
    public IReadOnlyList<JsonElement> Json => [.. Output.Select(line => JsonElement.Parse(line))];

    public override string ToString() => $"exit code {ExitCode}{Environment.NewLine}{string.Join(Environment.NewLine, Lines.Select(line => "  " + line.Text))}";
}

/// <summary>Runs the tool, or a shell command that uses it as <c>./parley</c>, in an empty folder.</summary>
internal sealed class Tool : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(120);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-tool-");
    private readonly Dictionary<string, string> _environment;

    public Tool(Uri server)
    {
        _environment = new() { ["PARLEY_URL"] = server.GetLeftPart(UriPartial.Authority), ["DOTNET_NOLOGO"] = "1", ["GEMINI_API_KEY"] = "" };
        var script = Path.Combine(_folder.FullName, "parley");
        File.WriteAllText(script, $"#!/bin/sh\nexec dotnet '{Repository.Tool}' \"$@\"\n");
        Directory.CreateSymbolicLink(Path.Combine(_folder.FullName, "samples"), Repository.Find("samples"));
    }

    public FileInfo PathOf(string name) => new(Path.Combine(_folder.FullName, name));

    /// <summary>Runs the tool.</summary>
    public Task<ToolRun> RunAsync(params string[] arguments) => RunAsync("dotnet", [Repository.Tool, .. arguments]);

    /// <summary>Runs a shell command.</summary>
    public Task<ToolRun> RunShellAsync(string line) => RunAsync("bash", ["-c", $"cd '{_folder.FullName}' && chmod +x parley && {line}"]);

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<ToolRun> RunAsync(string program, IEnumerable<string> arguments)
    {
        using var process = ChildProcess.Start(program, arguments, _environment, "Run ./test, which says what to install.");
        await Expect.WithinAsync(process.Exited, "the tool ends", Longest, TestContext.Current.CancellationToken);
        return new ToolRun(await process.Exited, process.Lines.Snapshot);
    }
}
