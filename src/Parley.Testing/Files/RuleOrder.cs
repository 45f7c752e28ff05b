namespace Parley.Testing.Files;

/// <summary>Warns of rules that are never reached, because one before them replies to the same turns without end.</summary>
internal sealed class RuleOrder(FileProblems problems)
{
    private readonly List<(string Start, string? Words, int Line)> _endless = [];

    internal void Check(MapReader rule, bool isLimited)
    {
        if (rule.Node.Entries.FirstOrDefault(static entry => entry.Key.Text is "user" or "opened" or "speechStarts") is not { } start)
            return;
        var (kind, words) = (start.Key.Text, WordsOf(start.Value));
        foreach (var earlier in _endless.Where(earlier => earlier.Start == kind))
        {
            var covers = earlier.Words is null ? "replies to every turn" : words?.Contains(earlier.Words, StringComparison.OrdinalIgnoreCase) == true ? $"replies to every turn with \"{earlier.Words}\"" : null;
            if (covers is null)
                continue;
            problems.Warn(rule.Node, $"The rule is never reached: the one in line {earlier.Line} {covers}. Move this one before it, or limit that one with 'once' or 'times'.");
            break;
        }
        if (!isLimited && (kind != "user" || words is not null || IsAnything(start.Value)))
            _endless.Add((kind, words, rule.Node.Line));
    }

    private static string? WordsOf(FileNode condition) => condition switch
    {
        FileScalar scalar => scalar.Flag is true ? null : scalar.Text,
        FileMap { Entries: [{ Key.Text: "text", Value: FileScalar text }] } => text.Text,
        _ => null,
    };

    private static bool IsAnything(FileNode condition) => condition is FileMap { Entries: [{ Key.Text: "anything" }] };
}
