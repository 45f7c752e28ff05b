using System.Text;
using System.Text.RegularExpressions;

namespace Parley.EndToEnd.Harness;

/// <summary>A Markdown page: its links, and the anchors that GitHub gives to its headings.</summary>
internal sealed partial class Markdown
{
    /// <summary>Where the pages of the main branch are read; doc comments and help links begin with it.</summary>
    private const string PagesUrl = "https://github.com/parley-live/parley/blob/main/";

    private Markdown(string path, IReadOnlyList<string> links, IReadOnlySet<string> anchors)
    {
        Path = path;
        Links = links;
        Anchors = anchors;
    }

    /// <summary>Path inside the repository, with slashes.</summary>
    public string Path { get; }

    /// <summary>Targets of links and pictures, as they are written. Code is no link.</summary>
    public IReadOnlyList<string> Links { get; }

    public IReadOnlySet<string> Anchors { get; }

    public static Markdown Read(string path, string text)
    {
        var prose = Fences().Replace(text, "");
        var anchors = new HashSet<string>(StringComparer.Ordinal);
        foreach (var heading in Headings().Matches(prose).Select(heading => heading.Groups["text"].Value))
        {
            var slug = Slug(heading);
            var unique = slug;
            for (var number = 1; !anchors.Add(unique); number++)
                unique = $"{slug}-{number}";
        }
        anchors.UnionWith(Ids().Matches(prose).Select(id => id.Groups["id"].Value));
        var links = Targets().Matches(InlineCode().Replace(prose, "")).Select(link => link.Groups["target"].Value);
        return new Markdown(path, [.. links], anchors);
    }

    /// <summary>The page or file that a link leads to, as a path inside the repository, and its anchor; null for links to elsewhere.</summary>
    public (string Path, string? Anchor)? Resolve(string link)
    {
        if (link.StartsWith(PagesUrl, StringComparison.Ordinal))
            return Split(link[PagesUrl.Length..], "");
        if (link.Contains("://", StringComparison.Ordinal) || link.StartsWith("mailto:", StringComparison.Ordinal))
            return null;
        var folder = Path.Contains('/', StringComparison.Ordinal) ? Path[..Path.LastIndexOf('/')] : "";
        return link.StartsWith('#') ? (Path, link[1..]) : Split(link, folder);
    }

    /// <summary>What GitHub makes of a heading: lower case, no punctuation, spaces as hyphens.</summary>
    internal static string Slug(string heading)
    {
        var plain = LinkText().Replace(heading, "${text}").Trim();
        var slug = new StringBuilder(plain.Length);
        foreach (var character in plain.ToLowerInvariant())
        {
            if (char.IsLetterOrDigit(character) || character is '-' or '_')
                slug.Append(character);
            else if (character == ' ')
                slug.Append('-');
        }
        return slug.ToString();
    }

    private static (string Path, string? Anchor) Split(string link, string folder)
    {
        var parts = link.Split('#', 2);
        var path = new Stack<string>(folder.Split('/', StringSplitOptions.RemoveEmptyEntries));
        foreach (var step in parts[0].Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (step == "..")
                path.TryPop(out _);
            else if (step != ".")
                path.Push(step);
        }
        return (string.Join('/', path.Reverse()), parts.Length > 1 ? parts[1] : null);
    }

    [GeneratedRegex(@"^(?<fence>```+|~~~+).*?^\k<fence>[ \t]*$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fences();

    [GeneratedRegex(@"^#{1,6} +(?<text>.*?)(?: +#+)? *$", RegexOptions.Multiline)]
    private static partial Regex Headings();

    [GeneratedRegex(@"<a (?:id|name)=""(?<id>[^""]+)""")]
    private static partial Regex Ids();

    [GeneratedRegex(@"(`+)[^`].*?\1")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)[^)]*\)|^\[[^\]]+\]: +(?<target>\S+)", RegexOptions.Multiline)]
    private static partial Regex Targets();

    [GeneratedRegex(@"\[(?<text>[^\]]*)\]\([^)]*\)")]
    private static partial Regex LinkText();
}
