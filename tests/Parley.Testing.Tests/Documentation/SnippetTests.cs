using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Parley.Testing.Tests.Documentation;

/// <summary>
/// The snippets of the pages about testing are compiled and run: each stands word for word in a test, apart from white space, and from
/// files and addresses that a test has to choose itself.
/// </summary>
public sealed partial class SnippetTests
{
    // What a page writes, and the variable of the test that stands for it.
    private static readonly (string OnPage, string InTest)[] Substitutes =
    [
        ("\"cassettes/order-pizza.cassette\"", "tape"),
        ("\"goodbye.wav\"", "goodbye"),
        ("\"call.wav\"", "file"),
        ("\"http://127.0.0.1:8080\"", "address"),
        ("\"scenarios/lamp.yaml\"", "scenario"),
    ];

    // The page, the language, and where its tests are.
    public static TheoryData<string, string, string> Pages => new()
    {
        { "testing.md", "csharp", "tests/Parley.Testing.Tests/Documentation/TestingPageTests.cs" },
        { "quirks.md", "csharp", "tests/Parley.Testing.Tests/Documentation/QuirksPageTests.cs" },
        { "cassettes.md", "csharp", "tests/Parley.Testing.Tests/Documentation/CassettesPageTests.cs" },
        { "conformance.md", "csharp", "tests/Parley.Testing.Tests/Documentation/ConformancePageTests.cs" },
        { "eval.md", "csharp", "tests/Parley.Testing.Tests/Documentation/EvalPageTests.cs" },
        { "keys.md", "csharp", "tests/Parley.Server.Tests/Storage/StoragePageTests.cs" },
        { "sign-in.md", "csharp", "tests/Parley.Server.Tests/Access/SignInPageTests.cs" },
        { "guardrails.md", "csharp", "tests/Parley.Server.Tests/Calls/GuardrailsPageTests.cs" },
        { "aspire.md", "csharp", "tests/Parley.Aspire.Hosting.Tests/AspirePageTests.cs" },
        { "scenarios.md", "js", "tests/Parley.EndToEnd/js/scenarios-page.mjs" },
    };

    [Theory]
    [MemberData(nameof(Pages))]
    public void Snippets_of_a_page_are_in_its_tests(string page, string language, string tests)
    {
        var source = Plain(File.ReadAllText(PathOf(tests)));
        var snippets = Snippets(page, language).ToList();

        Assert.NotEmpty(snippets);
        Assert.All(snippets, snippet =>
        {
            foreach (var (onPage, inTest) in Substitutes)
                snippet = snippet.Replace(onPage, inTest, StringComparison.Ordinal);
            Assert.All(snippet.Split("// … the test …"), part => Assert.Contains(Plain(part), source, StringComparison.Ordinal));
        });
    }

    internal static IEnumerable<string> Snippets(string page, string language) =>
        from block in Blocks().Matches(File.ReadAllText(PathOf($"docs/{page}")))
        where block.Groups["language"].Value == language
        select block.Groups["text"].Value;

    internal static string PathOf(string path) => Path.Combine(Root(), path);

    private static string Root([CallerFilePath] string thisFile = "")
    {
        var folder = new DirectoryInfo(File.Exists(thisFile) ? Path.GetDirectoryName(thisFile)! : AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Parley.slnx")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run from the build output inside the repository.");
        return folder.FullName;
    }

    private static string Plain(string code) => Spaces().Replace(code, " ").Trim();

    [GeneratedRegex(@"^```(?<language>\w+)\r?\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
