namespace Parley.Assistant.Tests.Grammar;

/// <summary>Generates one random sentence of a JSGF rule.</summary>
internal sealed class GrammarSampler
{
    private readonly string _rule;
    private readonly Random _random;
    private int _at;

    private GrammarSampler(string rule, Random random) => (_rule, _random) = (rule, random);

    public static string Say(string rule, Random random)
    {
        var speaker = new GrammarSampler(rule, random);
        var words = speaker.Alternatives();
        return speaker._at == rule.Length
            ? string.Join(' ', words.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            : throw new FormatException($"Character {speaker._at} of the rule is out of place: {rule}");
    }

    private string Alternatives()
    {
        List<string> all = [Sequence()];
        while (_at < _rule.Length && _rule[_at] == '|')
        {
            _at++;
            all.Add(Sequence());
        }
        return all.Exists(string.IsNullOrWhiteSpace) && all.Count > 1
            ? throw new FormatException($"An empty alternative: {_rule}")
            : all[_random.Next(all.Count)];
    }

    private string Sequence()
    {
        var words = "";
        while (_at < _rule.Length && _rule[_at] is not ('|' or ')' or ']'))
        {
            words += _rule[_at] switch
            {
                '(' => Group(')'),
                '[' => Group(']') is var inside && _random.Next(2) == 0 ? inside : " ",
                _ => _rule[_at++].ToString(),
            };
        }
        return words;
    }

    private string Group(char end)
    {
        _at++;
        var words = Alternatives();
        return _at < _rule.Length && _rule[_at++] == end
            ? $" {words} "
            : throw new FormatException($"A '{end}' is missing at {_at}: {_rule}");
    }
}
