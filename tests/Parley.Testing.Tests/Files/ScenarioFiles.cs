namespace Parley.Testing.Tests.Files;

/// <summary>Scenario files of the tests, and a folder with the recordings that they name.</summary>
internal static class ScenarioFiles
{
    private static readonly Lazy<string> LazyFolder = new(static () =>
    {
        var folder = Directory.CreateTempSubdirectory("parley-scenarios-").FullName;
        File.WriteAllBytes(Path.Combine(folder, "hello.wav"), Sounds.Speech("Hello, lamp.").ToBytes());
        File.WriteAllText(Path.Combine(folder, "broken.wav"), "not a recording");
        return folder;
    });

    internal static string Folder => LazyFolder.Value;

    internal static string EveryField { get; } = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Files", "every-field.yaml"));

    internal static IReadOnlyList<string> Lint(string text, string name = "a.yaml") => [.. ScenarioFile.Lint(text, name, Folder).Select(static problem => problem.ToString())];

    internal static ScenarioFile Parse(string text, string name = "a.yaml") => ScenarioFile.Parse(text, name, Folder);
}
