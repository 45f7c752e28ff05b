using System.Text.RegularExpressions;
using Parley.EndToEnd.Harness;

namespace Parley.EndToEnd;

/// <summary>Rules of the house style that no analyzer checks.</summary>
public sealed partial class StyleTests
{
    [Theory]
    [InlineData("src")]
    [InlineData("tests")]
    [InlineData("samples")]
    [InlineData("bench")]
    public void One_statement_bodies_have_no_braces(string folder)
    {
        var found = Directory.EnumerateFiles(Repository.Find(folder), "*.cs", SearchOption.AllDirectories)
            .SelectMany(static file => BracedStatement().Matches(File.ReadAllText(file)), static (file, match) => $"{file}: {match.Groups["head"].Value.Trim()}");

        Assert.Empty(found);
    }

    // A head of one line and a body of one line, in braces. Branches of an if with else keep them if another branch needs them.
    [GeneratedRegex(
        @"^(?<indent> *)(?<head>(?:if|foreach|while|for|using|lock) \([^\n]*)\n\k<indent>\{\n\k<indent>    [^\s/][^\n]*;\n\k<indent>\}\n(?! *else)",
        RegexOptions.Multiline)]
    private static partial Regex BracedStatement();
}
