using System.Text;
using Parley.Testing.Scenarios;

namespace Parley.Testing;

/// <summary>
/// What a scripted server does: rules, tried in the order in which they were added. The first rule that matches a turn of the user and is not used up
/// replies. Rules may be added at any time; safe for use by many threads.
/// </summary>
public sealed class Scenario
{
    private readonly Lock _gate = new();
    private readonly List<ScenarioRule> _rules = [];
    private readonly List<UnmatchedTurn> _unmatched = [];
    private readonly List<string> _failures = [];

    /// <summary>
    /// Whether a turn that no rule matches closes its session with 1011 and fails <see cref="Verify"/>. Default true; otherwise the server repeats what it
    /// heard.
    /// </summary>
    public bool IsStrict { get; set; } = true;

    /// <summary>The rules, in order.</summary>
    public IReadOnlyList<ScenarioRule> Rules
    {
        get
        {
            lock (_gate)
                return [.. _rules];
        }
    }

    /// <summary>Turns that no rule matched, with the reason of each rule.</summary>
    public IReadOnlyList<UnmatchedTurn> Unmatched
    {
        get
        {
            lock (_gate)
                return [.. _unmatched];
        }
    }

    /// <summary>Adds a rule for turns that meet a condition; the methods of the rule say what the server does.</summary>
    public ScenarioRule When(TurnMatch match)
    {
        ArgumentNullException.ThrowIfNull(match);
        return Add(new ScenarioRule(RuleTrigger.Turn, match));
    }

    /// <summary>Adds a rule for turns whose text or transcript contains these words: <c>When(Heard.Text(words))</c>.</summary>
    public ScenarioRule When(string words) => When(Heard.Text(words));

    /// <summary>Adds a rule for the start of a session: the server speaks first. Resumed sessions do not start again.</summary>
    public ScenarioRule WhenOpened() => Add(new ScenarioRule(RuleTrigger.Opened, Heard.Anything));

    /// <summary>Adds a rule for the moment when the user begins to speak: the server speaks at the same time.</summary>
    public ScenarioRule WhenSpeechStarts() => Add(new ScenarioRule(RuleTrigger.SpeechStarted, Heard.Anything));

    /// <summary>Forgets rules, uses and failures.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            _rules.Clear();
            _unmatched.Clear();
            _failures.Clear();
        }
    }

    /// <summary>Checks that every turn was matched, every rule that is not optional was used, and every expected tool response came.</summary>
    /// <exception cref="ExpectationException">Something is missing; the message lists it, with the reasons.</exception>
    public void Verify()
    {
        var report = new StringBuilder();
        lock (_gate)
        {
            foreach (var failure in _failures)
                report.Append("\n* ").Append(failure);
            foreach (var unmatched in _unmatched)
                report.Append("\n* ").Append(unmatched);
            foreach (var rule in _rules.Where(static rule => rule.IsMissing))
                report.Append("\n* ").Append(rule.DescribeUse());
        }
        if (report.Length > 0)
            throw new ExpectationException($"The scenario was not followed:{report}");
    }

    /// <summary>Takes the rule that replies to a turn; null if none does.</summary>
    internal ScenarioRule? Take(RuleTrigger trigger, UserTurn turn)
    {
        lock (_gate)
        {
            var reasons = new List<(ScenarioRule Rule, string Reason)>();
            foreach (var rule in _rules.Where(rule => rule.Trigger == trigger))
            {
                var mismatch = rule.Match.Mismatch(turn);
                if (mismatch is null && rule.TryUse())
                    return rule;
                reasons.Add((rule, mismatch ?? $"it was used up ({rule.DescribeUse()})"));
            }
            if (trigger == RuleTrigger.Turn && IsStrict)
                _unmatched.Add(new UnmatchedTurn(turn, [.. reasons.Select(static near => $"{(near.Rule.Source is { } source ? $"{source}: " : "")}{near.Rule.Match}: {near.Reason}")]));
            return null;
        }
    }

    internal void Fail(string failure)
    {
        lock (_gate)
            _failures.Add(failure);
    }

    private ScenarioRule Add(ScenarioRule rule)
    {
        lock (_gate)
            _rules.Add(rule);
        return rule;
    }
}

/// <summary>A turn of the user that no rule matched.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Reasons">For each rule why it did not match, in the order of the rules.</param>
public sealed record UnmatchedTurn(UserTurn Turn, IReadOnlyList<string> Reasons)
{
    /// <summary>The turn, and below it each rule with its reason.</summary>
    public override string ToString()
    {
        var text = new StringBuilder($"Turn {Turn.Number} of connection {Turn.Connection} matched no rule: {Turn}.");
        if (Reasons.Count == 0)
            text.Append(" The scenario has no rules.");
        foreach (var reason in Reasons)
            text.Append("\n    ").Append(reason);
        return text.ToString();
    }
}
