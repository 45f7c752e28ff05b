namespace Parley.Client;

/// <summary>What becomes of a setting or message.</summary>
public enum PreflightSeverity
{
    /// <summary>The model takes it without a word and does nothing with it, or not what it says.</summary>
    Ignored,

    /// <summary>The session is closed for it, often with a text that does not say why.</summary>
    Refused,
}

/// <summary>What a client does about findings.</summary>
public enum PreflightMode
{
    /// <summary>What would be refused is an exception before it is sent, what would be ignored is logged. The default.</summary>
    Throw,

    /// <summary>Everything is logged and sent: for a model whose profile is out of date.</summary>
    Log,

    /// <summary>Nothing is checked.</summary>
    Off,
}

/// <summary>Something that the model will refuse or ignore.</summary>
/// <param name="Severity">Which of the two.</param>
/// <param name="Path">Where it is on the wire, such as <c>setup.generationConfig.thinkingConfig</c>.</param>
/// <param name="Reason">Why.</param>
/// <param name="Hint">What to do.</param>
/// <param name="Profile">The profile whose rule it is.</param>
public sealed record PreflightFinding(PreflightSeverity Severity, string Path, string Reason, string Hint, string Profile)
{
    /// <summary>The finding in one line.</summary>
    public override string ToString() => $"{Path} is {(Severity == PreflightSeverity.Refused ? "refused" : "ignored")} ({Profile}): {Reason} {Hint}";
}
