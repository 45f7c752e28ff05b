namespace Parley.Assistant.Tests.Grammar;

/// <summary>Says one sentence of a JSGF rule, chosen by a seeded chance.</summary>
internal sealed class GrammarSpeaker
{
    private readonly string rule;
    private readonly Random random;
    private int at;

    private GrammarSpeaker(string rule, Random random) => (this.rule, this.random) = (rule, random);

    public static string Say(string rule, Random random)
    {
        var speaker = new GrammarSpeaker(rule, random);
        var words = speaker.Alternatives();
        return speaker.at == rule.Length
            ? string.Join(' ', words.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            : throw new FormatException($"Character {speaker.at} of the rule is out of place: {rule}");
    }

    private string Alternatives()
    {
        List<string> all = [Sequence()];
        while (at < rule.Length && rule[at] == '|')
        {
            at++;
            all.Add(Sequence());
        }

        return all.Exists(string.IsNullOrWhiteSpace) && all.Count > 1 ? throw new FormatException($"An empty alternative: {rule}") : all[random.Next(all.Count)];
    }

    private string Sequence()
    {
        var words = "";
        while (at < rule.Length && rule[at] is not ('|' or ')' or ']'))
        {
            words += rule[at] switch
            {
                '(' => Group(')'),
                '[' => Group(']') is var inside && random.Next(2) == 0 ? inside : " ",
                _ => rule[at++].ToString(),
            };
        }

        return words;
    }

    private string Group(char end)
    {
        at++;
        var words = Alternatives();
        return at < rule.Length && rule[at++] == end ? $" {words} " : throw new FormatException($"A '{end}' is missing at {at}: {rule}");
    }
}
