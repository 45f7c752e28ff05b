using System.Text;
using System.Text.RegularExpressions;

namespace Parley.Server.Calls;

/// <summary>Checks by regular expressions from the configuration. Their time is linear in the length of the text.</summary>
internal sealed class TextRules(IEnumerable<LiveTextRule> rules) : ILiveCallHandler
{
    private readonly Rule[] _rules = [.. rules.Select(static rule => new Rule(rule))];

    internal bool IsEmpty => _rules.Length == 0;

    public ValueTask OnCallAsync(LiveCall call, CancellationToken cancellationToken)
    {
        foreach (var rule in _rules)
            call.AddCheck((text, _) => new(rule.Check(text)), rule.Options);
        return default;
    }

    internal static IEnumerable<string> Failures(IList<LiveTextRule> rules)
    {
        for (var i = 0; i < rules.Count; i++)
        {
            if (rules[i].Name is not { Length: >= 1 and <= 50 })
                yield return $"Live:Calls:Checks:{i}:Name must have 1 to 50 characters.";
            if (rules[i].Directions is <= LiveCheckDirections.None or > LiveCheckDirections.Both)
                yield return $"Live:Calls:Checks:{i}:Directions must be User, Model or Both.";
            if (ErrorOf(rules[i]) is { } error)
                yield return $"Live:Calls:Checks:{i}:Pattern: {error}";
        }
    }

    private static string? ErrorOf(LiveTextRule rule)
    {
        if (string.IsNullOrEmpty(rule.Pattern))
            return "must not be empty.";
        try
        {
            return Compile(rule).IsMatch("") ? "matches an empty text, and so every text." : null;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return e.Message;
        }
    }

    private static Regex Compile(LiveTextRule rule) =>
        new(rule.Pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | (rule.MatchCase ? RegexOptions.None : RegexOptions.IgnoreCase));

    private sealed class Rule(LiveTextRule rule)
    {
        private readonly Regex _pattern = Compile(rule);
        private readonly string _reason = "Rule " + rule.Name;

        internal LiveCheckOptions Options { get; } = new() { Name = rule.Name, Directions = rule.Directions, HoldsAnswers = rule.HoldsAnswers, Refusal = rule.Refusal };

        // A match may have begun in an earlier piece; what of it is new is acted on.
        internal LiveVerdict Check(LiveCallText text)
        {
            var start = text.Text.Length - text.Piece.Length;
            StringBuilder? replaced = null;
            var copied = 0;
            foreach (var match in _pattern.EnumerateMatches(text.Text))
            {
                var (from, to) = (Math.Max(match.Index - start, 0), match.Index + match.Length - start);
                if (to <= 0 || match.Length == 0)
                    continue;
                if (rule.Action != LiveTextAction.Replace)
                    return rule.Action == LiveTextAction.Block ? LiveVerdict.Block(_reason) : LiveVerdict.End(1008, _reason);
                (replaced ??= new StringBuilder()).Append(text.Piece, copied, from - copied).Append(rule.Replacement);
                copied = to;
            }
            return replaced is null ? LiveVerdict.Allow : LiveVerdict.Replace(replaced.Append(text.Piece, copied, text.Piece.Length - copied).ToString());
        }
    }
}
