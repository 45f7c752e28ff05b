using System.Text.RegularExpressions;
using Parley.Testing.Files;
using Parley.Testing.Tests.Files;

namespace Parley.Testing.Tests.Documentation;

/// <summary>The snippets of docs/scenarios.md and the files of the samples are valid, and the page names every field.</summary>
public sealed class ScenariosPageTests
{
    private static readonly string Output = Path.Combine(AppContext.BaseDirectory, "Files");
    private static readonly string Page = File.ReadAllText(SnippetTests.PathOf("docs/scenarios.md"));

    public static TheoryData<string> Snippets => [.. SnippetTests.Snippets("scenarios.md", "yaml")];

    public static TheoryData<string> Samples =>
        [.. Directory.EnumerateFiles(Path.Combine(Output, "samples"), "*.yaml", SearchOption.AllDirectories).Select(static file => Path.GetRelativePath(Output, file))];

    [Theory]
    [MemberData(nameof(Snippets))]
    public void Snippet_is_valid_for_linter_and_schema(string text)
    {
        Assert.Empty(ScenarioFiles.Lint(text));
        Assert.Null(SchemaTests.Invalid(text));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Sample_is_valid_for_linter_and_schema(string file)
    {
        Assert.Empty(ScenarioFile.Lint(Path.Combine(Output, file)));
        Assert.Null(SchemaTests.Invalid(File.ReadAllText(Path.Combine(Output, file))));
    }

    [Fact]
    public void Page_has_snippets_and_the_samples_have_files()
    {
        Assert.True(Snippets.Count >= 3);
        Assert.True(Samples.Count >= 3);
    }

    [Fact]
    public void Every_field_is_in_a_table_of_the_page()
    {
        var cells = string.Join('\n', Page.Split('\n').Where(static line => line.StartsWith('|')));

        Assert.All(FileFields.All.SelectMany(static one => one.Fields), field => Assert.Matches($@"`[^`]*(?<!\w){Regex.Escape(field)}(?!\w)[^`]*`", cells));
    }

    [Fact]
    public void Every_fault_point_and_action_is_on_the_page() =>
        Assert.All([.. FaultPoint.Names, .. FaultDescription.Actions], static name => Assert.Contains($"`{name}`", Page, StringComparison.Ordinal));
}
