using System.Diagnostics;
using System.Text.RegularExpressions;
using Parley.EndToEnd.Harness;

namespace Parley.EndToEnd;

/// <summary>The documentation holds together: its links lead somewhere, its indexes are complete, and it is written in plain English.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string[] TextExtensions =
        [".cs", ".md", ".ts", ".tsx", ".js", ".mjs", ".css", ".html", ".py", ".sh", ".csproj", ".props", ".targets", ".json", ".yml", ".yaml", ".conf", ".service", ""];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_link_of_a_page_leads_to_a_file_and_a_heading()
    {
        var files = await FilesAsync();
        var pages = await PagesAsync(files);

        var dead =
            from page in pages.Values
            from link in page.Links
            let target = page.Resolve(Uri.UnescapeDataString(link))
            where target is not null && !Exists(target.Value, files, pages)
            select $"{page.Path}: {link}";

        AssertNone(dead, "dead links");
    }

    [Fact]
    public async Task Every_page_that_source_code_names_exists()
    {
        var files = await FilesAsync();
        var pages = await PagesAsync(files);
        var dead = new List<string>();
        foreach (var file in files.Where(file => file.StartsWith("src/", StringComparison.Ordinal) && file.EndsWith(".cs", StringComparison.Ordinal)))
        {
            var text = await File.ReadAllTextAsync(Repository.Find(file), Cancellation);
            foreach (Match link in PageReferences().Matches(text))
            {
                var anchor = link.Groups["anchor"] is { Success: true } named ? named.Value : null;
                if (!Exists((link.Groups["path"].Value, anchor), files, pages))
                    dead.Add($"{file}: {link.Value}");
            }
        }

        AssertNone(dead, "names of pages that do not exist");
    }

    [Fact]
    public async Task Every_page_under_docs_can_be_reached_from_the_index()
    {
        var files = await FilesAsync();
        var pages = await PagesAsync(files);
        var reached = new HashSet<string>(StringComparer.Ordinal) { "docs/README.md" };
        var open = new Queue<string>(reached);
        while (open.TryDequeue(out var path))
        {
            foreach (var target in pages[path].Links.Select(pages[path].Resolve).OfType<(string Path, string? Anchor)>())
            {
                // Only pages of the folder lead on: a page that is reached by way of the README alone is not in the index.
                if (target.Path.StartsWith("docs/", StringComparison.Ordinal) && pages.ContainsKey(target.Path) && reached.Add(target.Path))
                    open.Enqueue(target.Path);
            }
        }

        AssertNone(pages.Keys.Where(path => path.StartsWith("docs/", StringComparison.Ordinal)).Except(reached), "pages that docs/README.md does not lead to");
    }

    [Fact]
    public async Task Every_decision_is_in_the_index_of_decisions()
    {
        var files = await FilesAsync();
        var index = (await PagesAsync(files))["docs/decisions/README.md"];
        var listed = index.Links.Select(index.Resolve).OfType<(string Path, string? Anchor)>().Select(target => target.Path);

        AssertNone(files.Where(file => DecisionFile().IsMatch(file)).Except(listed), "decisions that docs/decisions/README.md does not list");
    }

    [Fact]
    public async Task The_README_has_at_most_150_lines() =>
        Assert.InRange((await File.ReadAllLinesAsync(Repository.Find("README.md"), Cancellation)).Length, 1, 150);

    [Fact]
    public async Task No_phrase_of_the_language_guide_is_left()
    {
        var found = new List<string>();
        foreach (var file in (await FilesAsync()).Where(file => TextExtensions.Contains(Path.GetExtension(file)) && !file.EndsWith("/Phrases.cs", StringComparison.Ordinal)))
        {
            // A phrase may be broken over two lines of a comment.
            var text = LineBreak().Replace(await File.ReadAllTextAsync(Repository.Find(file), Cancellation), " ");
            found.AddRange(Phrases.Prose.Where(phrase => text.Contains(phrase, StringComparison.OrdinalIgnoreCase)).Select(phrase => $"{file}: {phrase}"));
            found.AddRange(Phrases.Names.Where(name => text.Contains(name, StringComparison.Ordinal)).Select(name => $"{file}: {name}"));
        }

        AssertNone(found, "replaced phrases");
    }

    [Theory]
    [InlineData("4. Client → server messages", "4-client--server-messages")]
    [InlineData("4.1 `setup` (BidiGenerateContentSetup)", "41-setup-bidigeneratecontentsetup")]
    [InlineData("6.8 Extended thinking (`gemini-3.8-live-extended-thinking`)", "68-extended-thinking-gemini-38-live-extended-thinking")]
    [InlineData("See [keys.md](keys.md)", "see-keysmd")]
    public void A_heading_gets_the_anchor_that_GitHub_gives_it(string heading, string anchor) => Assert.Equal(anchor, Markdown.Slug(heading));

    private static void AssertNone(IEnumerable<string> findings, string what)
    {
        var all = findings.Order(StringComparer.Ordinal).ToList();
        Assert.True(all.Count == 0, $"{all.Count} {what}:{Environment.NewLine}{string.Join(Environment.NewLine, all)}");
    }

    private static bool Exists((string Path, string? Anchor) target, HashSet<string> files, Dictionary<string, Markdown> pages)
    {
        if (target.Anchor is { Length: > 0 } anchor && pages.TryGetValue(target.Path, out var page))
            return page.Anchors.Contains(anchor);
        return files.Contains(target.Path) || Directory.Exists(Repository.Find(target.Path)) && files.Any(file => file.StartsWith(target.Path + "/", StringComparison.Ordinal));
    }

    /// <summary>Files that a clone has, and new ones that git does not ignore; paths with slashes.</summary>
    private static async Task<HashSet<string>> FilesAsync()
    {
        var start = new ProcessStartInfo("git", ["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        {
            WorkingDirectory = Repository.Find(),
            RedirectStandardOutput = true,
        };
        using var git = Process.Start(start)!;
        var output = await git.StandardOutput.ReadToEndAsync(Cancellation);
        await git.WaitForExitAsync(Cancellation);
        Assert.True(git.ExitCode == 0, "git lists the files of the checkout.");
        return output.Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(file => File.Exists(Repository.Find(file))).ToHashSet(StringComparer.Ordinal);
    }

    private static async Task<Dictionary<string, Markdown>> PagesAsync(HashSet<string> files)
    {
        var pages = new Dictionary<string, Markdown>(StringComparer.Ordinal);
        foreach (var file in files.Where(file => file.EndsWith(".md", StringComparison.Ordinal)))
            pages[file] = Markdown.Read(file, await File.ReadAllTextAsync(Repository.Find(file), Cancellation));
        return pages;
    }

    [GeneratedRegex(@"[ \t]*\r?\n[ \t]*(?:///? ?|\* |# )?")]
    private static partial Regex LineBreak();

    // docs/gen-ai/ is a folder of the OpenTelemetry conventions, not of this repository.
    [GeneratedRegex(@"(?<![\w/])(?:https://github\.com/parley-live/parley/blob/main/)?(?<path>docs/(?!gen-ai/)[\w/.-]+\.md)(?:#(?<anchor>[\w-]+))?")]
    private static partial Regex PageReferences();

    [GeneratedRegex(@"^docs/decisions/\d{4}-[\w-]+\.md$")]
    private static partial Regex DecisionFile();
}
