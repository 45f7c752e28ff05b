using System.Text;
using System.Text.Json;

namespace Parley.Cli.Tests;

/// <summary>The result of one run of the tool.</summary>
internal sealed record CliResult(int ExitCode, string Output, string Error)
{
    internal IReadOnlyList<string> OutputLines => Lines(Output);

    internal IReadOnlyList<string> ErrorLines => Lines(Error);

    internal IReadOnlyList<JsonElement> Json => [.. OutputLines.Select(static line => JsonElement.Parse(line))];

    public override string ToString() => $"exit code {ExitCode}\n{Output}\n--- standard error\n{Error}";

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Runs the tool in this process, with its own folder for files, configuration and data.</summary>
internal sealed class CliRun : IDisposable
{
    private static readonly DirectoryInfo Here = Directory.CreateTempSubdirectory("parley-cli-here-");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-cli-");
    private readonly Dictionary<string, string> _variables;

    internal CliRun()
    {
        // Relative paths in command lines lead to an empty folder. The runner has set its own after the assembly was loaded.
        Environment.CurrentDirectory = Here.FullName;
        _variables = new()
        {
            ["PARLEY_CONFIG"] = PathOf("config"),
            ["PARLEY_DATA"] = PathOf("data"),
            ["HOME"] = _folder.FullName,
        };
    }

    /// <summary>Gets everything the tool prints, as it prints it.</summary>
    internal SignallingWriter Output { get; } = new();

    internal SignallingWriter Error { get; } = new();

    internal TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    internal HttpMessageInvoker? Invoker { get; set; }

    /// <summary>Standard input.</summary>
    internal byte[] Input { get; init; } = [];

    internal string PathOf(string name) => Path.Combine(_folder.FullName, name);

    internal CliRun With(string variable, string value)
    {
        _variables[variable] = value;
        return this;
    }

    internal async Task<CliResult> RunAsync(IEnumerable<string> arguments, CancellationToken cancellationToken = default)
    {
        Output.Clear();
        Error.Clear();
        var exitCode = await ParleyTool.RunAsync([.. arguments], CreateEnvironment(), cancellationToken);
        return new CliResult(exitCode, Output.ToString(), Error.ToString());
    }

    internal Task<CliResult> RunAsync(params string[] arguments) => RunAsync((IEnumerable<string>)arguments);

    /// <summary>Whether the command line itself has no error.</summary>
    internal bool IsAccepted(IReadOnlyList<string> arguments) =>
        ParleyTool.CreateRoot(CreateEnvironment()).Parse(arguments, new System.CommandLine.ParserConfiguration { ResponseFileTokenReplacer = null }).Errors.Count == 0;

    internal string Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }

    internal string WriteWav(string name, TimeSpan duration, short level = 8_000)
    {
        var samples = new short[(int)(duration.TotalSeconds * 16_000)];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = (short)(Math.Sin(i * 0.2) * level);
        File.WriteAllBytes(PathOf(name), new WavFile(16_000, samples).ToBytes());
        return PathOf(name);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private ToolEnvironment CreateEnvironment() => new()
    {
        Output = Output,
        Error = Error,
        Input = () => new MemoryStream(Input),
        Variables = name => _variables.GetValueOrDefault(name),
        TimeProvider = TimeProvider,
        Invoker = Invoker,
    };
}

/// <summary>Collects text, and tells when some of it has been written.</summary>
internal sealed class SignallingWriter : TextWriter
{
    private readonly Lock _lock = new();
    private readonly StringBuilder _text = new();
    private readonly List<(string Text, TaskCompletionSource Written)> _waits = [];

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => Add(value.ToString());

    public override void Write(string? value) => Add(value ?? "");

    public override void Write(ReadOnlySpan<char> buffer) => Add(buffer.ToString());

    public override void Write(char[] buffer, int index, int count) => Add(new string(buffer, index, count));

    /// <summary>Waits until this text has been written.</summary>
    internal Task WrittenAsync(string text)
    {
        lock (_lock)
        {
            if (_text.ToString().Contains(text, StringComparison.Ordinal))
                return Task.CompletedTask;
            var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waits.Add((text, written));
            return Expect.WithinAsync(written.Task, $"the tool prints '{text}'");
        }
    }

    internal void Clear()
    {
        lock (_lock)
            _text.Clear();
    }

    public override string ToString()
    {
        lock (_lock)
            return _text.ToString();
    }

    private void Add(string text)
    {
        lock (_lock)
        {
            _text.Append(text);
            if (_waits.Count == 0)
                return;
            var all = _text.ToString();
            foreach (var wait in _waits.Where(wait => all.Contains(wait.Text, StringComparison.Ordinal)).ToList())
            {
                _waits.Remove(wait);
                wait.Written.SetResult();
            }
        }
    }
}
