using System.Text.RegularExpressions;

namespace Parley.EndToEnd.Harness;

/// <summary>A C# file as the architecture tests see it: where it lies, what it declares and which names it uses.</summary>
internal sealed partial class SourceFile
{
    private SourceFile(string project, string path)
    {
        var text = File.ReadAllText(path);
        var code = Text().Replace(Comment().Replace(text, ""), "\"\"");
        Path = System.IO.Path.GetRelativePath(Repository.Find("src"), path);
        Folder = System.IO.Path.GetRelativePath(Repository.Find("src", project), System.IO.Path.GetDirectoryName(path)!).Replace('\\', '/').TrimStart('.');
        Namespace = NamespaceLine().Match(code).Groups[1].Value;
        Types = [.. Declaration().Matches(code).Select(static match => (match.Groups["name"].Value, match.Groups["access"].Value == "public"))];
        TypesUsed = [.. Use().Matches(code).Select(static match => match.Groups[1].Value).Distinct()];
    }

    /// <summary>Below <c>src</c>.</summary>
    public string Path { get; }

    /// <summary>Below the project; empty at its root.</summary>
    public string Folder { get; }

    public string Namespace { get; }

    /// <summary>The top-level types.</summary>
    public IReadOnlyList<(string Name, bool IsPublic)> Types { get; }

    /// <summary>Names that stand where a type stands: also of types the project does not declare.</summary>
    public IReadOnlyList<string> TypesUsed { get; }

    public static IEnumerable<SourceFile> Of(string project) => Directory.EnumerateFiles(Repository.Find("src", project), "*.cs", SearchOption.AllDirectories)
        .Where(static path => !IsBuilt(path)).Select(path => new SourceFile(project, path));

    public static bool IsBuilt(string path) => path.Contains("/bin/", StringComparison.Ordinal) || path.Contains("/obj/", StringComparison.Ordinal) || path.Contains("/artifacts/", StringComparison.Ordinal);

    [GeneratedRegex(@"^\s*//.*$|/\*.*?\*/", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex("\"(?:[^\"\\\\\\n]|\\\\.)*\"")]
    private static partial Regex Text();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"^(?<access>public|internal) (?:(?:static|sealed|abstract|partial|readonly|ref|unsafe) )*(?:class|struct|interface|enum|record struct|record class|record|delegate [\w<>\[\]?.]+) (?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    // A name in the place of a type: not after a dot, and not after a type, where a property or parameter may have the name of another type.
    [GeneratedRegex(@"(?<![\w.]|\b[A-Z]\w*[?>\]]* )([A-Z]\w+)(?=[?>\]]| \w|\.[A-Z]|\(|\)|,)")]
    private static partial Regex Use();
}
