using System.Reflection;
using System.Text;
using Parley.Testing.Evaluation.Files;

namespace Parley.Testing;

/// <summary>The calls of an evaluation, written in C# or read from a file in YAML or JSON (docs/eval.md).</summary>
public sealed class EvaluationSuite
{
    private static readonly Lazy<string> LazySchema = new(static () =>
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("evaluation.schema.json")!;
        return new StreamReader(stream).ReadToEnd();
    });

    /// <summary>Creates a suite.</summary>
    /// <param name="calls">Its calls. Their names must differ.</param>
    /// <exception cref="ArgumentException">There is none, or two have the same name.</exception>
    public EvaluationSuite(params IReadOnlyList<EvaluationCall> calls)
    {
        ArgumentNullException.ThrowIfNull(calls);
        if (calls.Count == 0)
            throw new ArgumentException("A suite needs at least one call.", nameof(calls));
        if (calls.GroupBy(static call => call.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(static group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"Two calls have the name '{twice.Key}'.", nameof(calls));
        Calls = [.. calls];
    }

    /// <summary>The calls.</summary>
    public IReadOnlyList<EvaluationCall> Calls { get; }

    /// <summary>What is probably a mistake in the file, but can be used.</summary>
    public IReadOnlyList<ScenarioProblem> Warnings { get; private init; } = [];

    /// <summary>The JSON Schema (2020-12) of the format, for editors.</summary>
    public static string Schema => LazySchema.Value;

    /// <summary>Reads a text.</summary>
    /// <param name="text">YAML or JSON.</param>
    /// <param name="name">The name for messages; it ends in <c>.json</c> if the text is JSON.</param>
    /// <param name="folder">Where recordings are sought; null = the current folder.</param>
    /// <exception cref="ScenarioFileException">It has errors; all of them are listed.</exception>
    public static EvaluationSuite Parse(string text, string name = "evaluation.yaml", string? folder = null)
    {
        var (calls, problems) = Read(text, name, folder);
        return problems.Any(static problem => !problem.IsWarning) ? throw new ScenarioFileException(problems) : new EvaluationSuite(calls) { Warnings = problems };
    }

    /// <summary>Reads a file: JSON if its name ends in <c>.json</c>, otherwise YAML. Recordings are sought in its folder.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ScenarioFileException">It has errors; all of them are listed.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static EvaluationSuite Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Parse(File.ReadAllText(path), path, Path.GetDirectoryName(Path.GetFullPath(path)));
    }

    /// <summary>Checks a text.</summary>
    /// <inheritdoc cref="Parse"/>
    /// <returns>Errors and warnings, in the order of their lines.</returns>
    public static IReadOnlyList<ScenarioProblem> Lint(string text, string name = "evaluation.yaml", string? folder = null) => Read(text, name, folder).Problems;

    /// <summary>Ten calls in English: questions, hesitation, interruptions, backchannels, vocal noise, speech to others. About three minutes.</summary>
    public static EvaluationSuite Default { get; } = new(
        new EvaluationCall("questions")
            .Says("What is seven times six?").Listens()
            .Says("What is your name?").Listens()
            .Says("What is the capital of France?").Listens(),
        new EvaluationCall("hesitation")
            .Hesitates("I would like to know", Seconds(0.6), "what is seven times six?").Listens()
            .Hesitates("Please tell me", Seconds(1), "what is ten plus five?").Listens(),
        new EvaluationCall("interruptions")
            .Says(Story).Interrupts("Stop. What is seven times six?", Seconds(2)).Listens()
            .Says(Story).Interrupts("Wait, what is your name?", Seconds(3)).Listens(),
        new EvaluationCall("backchannel-1").Says(Story).Backchannels("Uh-huh.", Seconds(2)).Listens(Seconds(6)),
        new EvaluationCall("backchannel-2").Says(Story).Backchannels("Yeah.", Seconds(3)).Listens(Seconds(6)),
        new EvaluationCall("cough").Says(Story).MakesNoise(VocalNoise.Cough, Seconds(2)).Listens(Seconds(6)),
        new EvaluationCall("laugh").Says(Story).MakesNoise(VocalNoise.Laugh, Seconds(3), seed: 2).Listens(Seconds(6)),
        new EvaluationCall("throat").Says("What is seven times six?").Listens().MakesNoise(VocalNoise.ThroatClearing, seed: 3).Waits(Seconds(3)),
        new EvaluationCall("others-1").Says(Story).SpeaksToOthers("Can you close the door, please?", Seconds(2)).Listens(Seconds(8)),
        new EvaluationCall("others-2")
            .Says("What is seven times six?").Listens().SpeaksToOthers("No, it is on the table, next to the lamp.").Waits(Seconds(3)));

    private const string Story = "Tell me a long story.";

    private static (IReadOnlyList<EvaluationCall> Calls, IReadOnlyList<ScenarioProblem> Problems) Read(string text, string name, string? folder)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return EvaluationReader.Read(Encoding.UTF8.GetBytes(text), name, folder ?? Environment.CurrentDirectory);
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
