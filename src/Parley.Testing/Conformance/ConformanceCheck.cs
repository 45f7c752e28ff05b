namespace Parley.Testing;

/// <summary>A requirement of the Live protocol that a server, or a client, either meets or does not.</summary>
public sealed class ConformanceCheck
{
    private const string Reference = "https://github.com/parley-live/parley/blob/main/docs/protocol.md";

    internal ConformanceCheck(string area, string name, string description, string section, ConformanceSeverity severity, ConformanceNeeds needs)
    {
        (Area, Id, Description, Section, Severity, Needs) = (area, $"{area}.{name}", description, section, severity, needs);
        Source = new Uri($"{Reference}#{Conformance.ReferenceSections.Anchor(section)}");
    }

    /// <summary>Stable name, such as <c>setup.unknown-member</c>: its area, a dot, and its name in the area.</summary>
    public string Id { get; }

    /// <summary>Group of checks, such as <c>setup</c> or <c>tools</c>.</summary>
    public string Area { get; }

    /// <summary>The requirement, in one sentence.</summary>
    public string Description { get; }

    /// <summary>Section of the protocol reference that requires it, such as <c>4.1.2</c>.</summary>
    public string Section { get; }

    /// <summary>Address of that section.</summary>
    public Uri Source { get; }

    /// <summary>Whether a failure fails the run, or is a difference that clients can live with.</summary>
    public ConformanceSeverity Severity { get; }

    /// <summary>What the server must do for the check to say anything; a check whose need is not met is skipped.</summary>
    public ConformanceNeeds Needs { get; }

    /// <summary>The id.</summary>
    public override string ToString() => Id;
}

/// <summary>Weight of a conformance check.</summary>
public enum ConformanceSeverity
{
    /// <summary>A client of the public service breaks without it. A failure fails the run.</summary>
    Must,

    /// <summary>The public service does it, but its sources disagree or clients can live without it. A failure is reported only.</summary>
    Should,
}

/// <summary>What a check needs of a server besides the protocol.</summary>
[Flags]
public enum ConformanceNeeds
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A model that answers texts.</summary>
    Answers = 1,

    /// <summary>A model that hears speech.</summary>
    Speech = 2,

    /// <summary>A model that calls a function when it is asked to.</summary>
    Tools = 4,

    /// <summary>Session resumption.</summary>
    Resumption = 8,

    /// <summary>Ephemeral tokens.</summary>
    Tokens = 16,
}

/// <summary>Result of a check.</summary>
public enum ConformanceOutcome
{
    /// <summary>The requirement is met.</summary>
    Passed,

    /// <summary>It is not.</summary>
    Failed,

    /// <summary>Nothing can be said; <see cref="ConformanceResult.Message"/> has the reason.</summary>
    Skipped,
}

/// <summary>A check and its result.</summary>
/// <param name="Check">The check.</param>
/// <param name="Outcome">Its result.</param>
/// <param name="Message">What was expected and what happened, or why the check was skipped; empty if it passed.</param>
/// <param name="Frames">What passed the connections of a failed check, oldest first, shortened and without secrets; empty otherwise.</param>
/// <param name="Duration">How long it took.</param>
public sealed record ConformanceResult(
    ConformanceCheck Check, ConformanceOutcome Outcome, string Message, IReadOnlyList<string> Frames, TimeSpan Duration);
