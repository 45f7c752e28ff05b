using System.Reflection;
using System.Text;
using Parley.Testing.Files;

namespace Parley.Testing;

/// <summary>
/// A scenario in YAML or JSON: the same rules as in C#, for tests in any language. The format is described by <see cref="Schema"/> and in
/// <see href="https://github.com/parley-live/parley/blob/main/docs/scenarios.md">docs/scenarios.md</see>.
/// <code>
/// await using var server = await LiveTestServer.StartAsync(ScenarioFile.Load("lamp.yaml"));
/// </code>
/// Immutable: one file may serve many servers.
/// </summary>
public sealed class ScenarioFile
{
    private readonly ScenarioContent _content;

    private ScenarioFile(string file, ScenarioContent content, IReadOnlyList<ScenarioProblem> warnings) => (File, _content, Warnings) = (file, content, warnings);

    /// <summary>Name of the file.</summary>
    public string File { get; }

    /// <summary>Name of the scenario; the name of the file without its extension if the file gives none.</summary>
    public string Name => _content.Name ?? Path.GetFileNameWithoutExtension(File);

    /// <summary>What is probably a mistake, but can be used.</summary>
    public IReadOnlyList<ScenarioProblem> Warnings { get; }

    /// <summary>The JSON Schema (2020-12) of the format, for editors.</summary>
    public static string Schema => LazySchema.Value;

    private static Lazy<string> LazySchema { get; } = new(static () =>
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("scenario.schema.json")!;
        return new StreamReader(stream).ReadToEnd();
    });

    /// <summary>Reads a file: JSON if its name ends in <c>.json</c>, otherwise YAML. Recordings are sought in its folder.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ScenarioFileException">It has errors; all of them are listed.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ScenarioFile Load(string path)
    {
        var (content, problems) = ReadFile(path);
        return Create(path, content, problems);
    }

    /// <summary>Reads a text.</summary>
    /// <param name="text">YAML or JSON.</param>
    /// <param name="name">The name for messages; it ends in <c>.json</c> if the text is JSON.</param>
    /// <param name="folder">Where recordings are sought; null = the current folder.</param>
    /// <exception cref="ScenarioFileException">It has errors; all of them are listed.</exception>
    public static ScenarioFile Parse(string text, string name = "scenario.yaml", string? folder = null)
    {
        var (content, problems) = ReadText(text, name, folder);
        return Create(name, content, problems);
    }

    /// <summary>Checks a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Errors and warnings, in the order of their lines.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IReadOnlyList<ScenarioProblem> Lint(string path) => ReadFile(path).Problems;

    /// <summary>Checks a text.</summary>
    /// <inheritdoc cref="Parse"/>
    /// <returns>Errors and warnings, in the order of their lines.</returns>
    public static IReadOnlyList<ScenarioProblem> Lint(string text, string name, string? folder = null) => ReadText(text, name, folder).Problems;

    /// <summary>Adds the rules of the file to a scenario.</summary>
    public void AddTo(Scenario scenario)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        scenario.IsStrict = _content.IsStrict;
        foreach (var add in _content.Rules)
            add(scenario);
    }

    /// <summary>Adds the faults of the file to a plan.</summary>
    public void AddTo(FaultPlan faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        faults.Seed = _content.Seed ?? faults.Seed;
        foreach (var fault in _content.Faults)
            faults.Add(fault);
    }

    /// <summary>Enables the quirks of the file.</summary>
    public void AddTo(QuirkSet quirks)
    {
        ArgumentNullException.ThrowIfNull(quirks);
        quirks.Seed = _content.Seed ?? quirks.Seed;
        quirks.Enable(_content.Quirks.Select(Quirk.Parse));
    }

    /// <summary>Takes over what the file says about the server: lifetimes, limits, the words of recordings.</summary>
    internal void Configure(LiveTestServerOptions options)
    {
        options.SpeechThresholdDb = _content.SpeechThresholdDb ?? options.SpeechThresholdDb;
        options.Recognize = _content.Recognizer();
        options.ConfigureServerFirst = server => _content.Server.ForEach(configure => configure(server));
    }

    private static (ScenarioContent Content, IReadOnlyList<ScenarioProblem> Problems) ReadFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = System.IO.File.OpenRead(path);
        // One byte more than allowed is enough to know; a device or a huge file is not read to its end.
        var bytes = new byte[FileLimits.Bytes + 1];
        var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return ScenarioReader.Read(bytes.AsSpan(0, length), path, Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    private static (ScenarioContent Content, IReadOnlyList<ScenarioProblem> Problems) ReadText(string text, string name, string? folder)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return ScenarioReader.Read(Encoding.UTF8.GetBytes(text), name, folder ?? Environment.CurrentDirectory);
    }

    private static ScenarioFile Create(string file, ScenarioContent content, IReadOnlyList<ScenarioProblem> problems) =>
        problems.Any(static problem => !problem.IsWarning) ? throw new ScenarioFileException(problems) : new ScenarioFile(file, content, problems);
}
