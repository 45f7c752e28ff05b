using static Parley.Testing.Tests.Evaluation.Channels;

namespace Parley.Testing.Tests.Evaluation;

/// <summary>Limits of measures.</summary>
public sealed class RequirementTests
{
    // Nine of ten turns answered, each after 0.2 s: 59.6 % to 98.2 %.
    private static readonly EvaluationReport Report = Create();

    [Theory]
    [InlineData("response-rate>=0.9", RequirementOutcome.Met)]
    [InlineData("response-rate >= 85%", RequirementOutcome.Met)]
    [InlineData("response-rate>=0.95", RequirementOutcome.Undecided)]
    [InlineData("response-rate>=0.99", RequirementOutcome.Failed)]
    [InlineData("response-latency<=0.3", RequirementOutcome.Met)]
    [InlineData("response-latency.p90<=0.3s", RequirementOutcome.Met)]
    [InlineData("response-latency.median<=0.1", RequirementOutcome.Failed)]
    [InlineData("agent-interruptions<=0", RequirementOutcome.Met)]
    [InlineData("yield-rate>=0.5", RequirementOutcome.NotMeasured)]
    public void Requirement_fails_only_if_the_whole_interval_is_beyond_it(string text, RequirementOutcome expected) =>
        Assert.Equal(expected, EvaluationRequirement.Parse(text).Check(Report));

    [Theory]
    [InlineData("response-rate", ">= or <=")]
    [InlineData("response-rate=0.5", ">= or <=")]
    [InlineData("response-rate>=often", ">= or <=")]
    [InlineData("respons-rate>=1", "Did you mean 'response-rate'?")]
    [InlineData("response-rate.p90>=1", "has no 'p90'")]
    [InlineData("response-latency.p99<=1", "has no 'p99'")]
    public void Text_that_is_no_requirement_says_what_is_allowed(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<FormatException>(() => EvaluationRequirement.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Outcomes_are_in_the_reports()
    {
        EvaluationRequirement[] requirements = [EvaluationRequirement.Parse("response-rate>=0.99")];

        Assert.Contains("| `response-rate>=0.99` | failed |", Report.ToMarkdown(requirements), StringComparison.Ordinal);
        Assert.Contains("\"outcome\": \"Failed\"", Report.ToJson(requirements), StringComparison.Ordinal);
    }

    private static EvaluationReport Create()
    {
        (double, double)[] user = [.. Enumerable.Range(0, 10).Select(static i => (1 + (1.8 * i), 1.4 + (1.8 * i)))];
        return Measure(user, [.. user[1..].Select(static span => (span.Item2 + 0.2, span.Item2 + 0.6))]);
    }
}
