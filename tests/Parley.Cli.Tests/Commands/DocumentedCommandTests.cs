using System.Text;
using System.Text.RegularExpressions;

namespace Parley.Cli.Tests.Commands;

/// <summary>Every <c>parley</c> command of the documentation, of the READMEs and of the comments of samples is one that the tool accepts.</summary>
public sealed partial class DocumentedCommandTests
{
    private static readonly string Root = FindRoot();

    public static TheoryData<string> Pages =>
    [
        .. from folder in (string[])["docs", "samples", "src"]
           from file in Directory.EnumerateFiles(Path.Combine(Root, folder), "*.*", SearchOption.AllDirectories)
           where file.EndsWith(".md", StringComparison.Ordinal) || (folder == "samples" && file.EndsWith(".cs", StringComparison.Ordinal))
           where !file.Contains("node_modules", StringComparison.Ordinal) && CommandsOf(file).Any()
           select Path.GetRelativePath(Root, file),
        "README.md",
    ];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Commands_of_a_page_are_accepted(string page)
    {
        using var cli = new CliRun();

        Assert.Empty(CommandsOf(Path.Combine(Root, page)).Where(command => !cli.IsAccepted(command)).Select(static command => string.Join(' ', command)));
    }

    [Fact]
    public void Pages_about_testing_have_commands() =>
        Assert.Subset(Pages.Select(static row => row.Data).ToHashSet(), new HashSet<string> { "docs/scenarios.md", "docs/cassettes.md", "docs/conformance.md", "docs/quirks.md" });

    [Theory]
    [InlineData("parley ask \"a # b\" 'c|d' # says", "ask|a # b|c\\|d")]
    [InlineData("PARLEY_KEY=x ./parley talk --audio a.wav > log.txt", "talk|--audio|a.wav")]
    [InlineData("ffmpeg -i a.ogg - | parley send --audio - && echo done", "send|--audio|-")]
    [InlineData("echo parley ask", "")]
    public void Line_of_a_shell_is_taken_apart(string line, string expected) =>
        Assert.Equal(expected, string.Join('|', Commands(line).SelectMany(static command => command).Select(static word => word.Replace("|", "\\|", StringComparison.Ordinal))));

    private static IEnumerable<string[]> CommandsOf(string file) =>
        from block in (file.EndsWith(".cs", StringComparison.Ordinal) ? ShellComments() : ShellBlocks()).Matches(File.ReadAllText(file))
        from line in block.Groups["text"].Value.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n')
        from command in Commands(line)
        select command;

    // As a shell does: words with quotes, commands between |, && and ;, assignments before them, redirections and comments after them.
    private static IEnumerable<string[]> Commands(string line)
    {
        var words = new List<string>();
        foreach (var token in Tokens().Matches(line).Select(static token => token.Value))
        {
            if (token.StartsWith('#'))
                break;
            if (token is "|" or "&&" or ";")
            {
                if (Command(words) is { } command)
                    yield return command;
                words.Clear();
            }
            else
            {
                words.Add(token);
            }
        }
        if (Command(words) is { } last)
            yield return last;
    }

    private static string[]? Command(List<string> words)
    {
        var command = words.SkipWhile(static word => Assignment().IsMatch(word)).TakeWhile(static word => word is not ("<" or ">" or "2>")).ToList();
        return command is ["parley" or "./parley", ..] ? [.. command.Skip(1).Select(Unquote)] : null;
    }

    private static string Unquote(string word)
    {
        var text = new StringBuilder();
        foreach (Match part in WordParts().Matches(word))
        {
            text.Append(part.Value switch
            {
                ['\'', .. var literal, '\''] => literal,
                ['"', .. var quoted, '"'] => Escape().Replace(quoted, "$1"),
                var plain => plain,
            });
        }
        return text.ToString();
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Parley.slnx")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run from the build output inside the repository.");
        return folder.FullName;
    }

    [GeneratedRegex(@"^```(?:bash|sh|console)\r?\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ShellBlocks();

    [GeneratedRegex(@"^//   (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex ShellComments();

    [GeneratedRegex("""#.*|&&|[|;]|(?:'[^']*'|"(?:\\.|[^"\\])*"|[^\s'"|;])+""")]
    private static partial Regex Tokens();

    [GeneratedRegex("""'[^']*'|"(?:\\.|[^"\\])*"|[^'"]+""")]
    private static partial Regex WordParts();

    [GeneratedRegex(@"\\(.)")]
    private static partial Regex Escape();

    [GeneratedRegex(@"^[A-Z_]+=")]
    private static partial Regex Assignment();
}
