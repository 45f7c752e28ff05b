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
            if (earlier.Words is { } covered && words?.Contains(covered, StringComparison.OrdinalIgnoreCase) != true)
                continue;
            var turns = earlier.Words is null ? "every turn" : $"every turn with \"{earlier.Words}\"";
            problems.Warn(
                rule.Node,
                $"The rule is never reached: the one in line {earlier.Line} replies to {turns}. Move this one before it, or limit that one with 'once' or 'times'.");
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
