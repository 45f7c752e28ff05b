namespace Parley.Testing;

/// <summary>A value and the interval that contains the true one in 95 of 100 evaluations.</summary>
/// <param name="Value">The value.</param>
/// <param name="Low">The lower end of the interval.</param>
/// <param name="High">The upper end of the interval.</param>
public readonly record struct EvaluationEstimate(double Value, double Low, double High);

/// <summary>One measure of an evaluation. Its definition is in docs/eval.md.</summary>
public sealed record EvaluationMeasure
{
    internal EvaluationMeasure()
    {
    }

    /// <summary>Its name in requirements and in JSON, such as <c>response-latency</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The display name.</summary>
    public required string Title { get; init; }

    /// <summary>The unit: <c>s</c>, <c>share</c> (from 0 to 1) or <c>per turn</c>.</summary>
    public required string Unit { get; init; }

    /// <summary>Whether a higher value is better.</summary>
    public required bool IsHigherBetter { get; init; }

    /// <summary>How many cases it was measured on: turns, interruptions, words.</summary>
    public required int Count { get; init; }

    /// <summary>Of a rate: in how many of the cases it happened.</summary>
    public int? Events { get; init; }

    /// <summary>The value: of a latency the mean. Null without a case.</summary>
    public EvaluationEstimate? Estimate { get; init; }

    /// <summary>Of a latency: the value that half of the cases do not exceed.</summary>
    public EvaluationEstimate? Median { get; init; }

    /// <summary>Of a latency: the value that nine of ten cases do not exceed.</summary>
    public EvaluationEstimate? P90 { get; init; }
}
