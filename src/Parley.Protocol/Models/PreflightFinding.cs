namespace Parley.Protocol;

/// <summary>What the service does with a setting or message that a profile objects to.</summary>
public enum PreflightSeverity
{
    /// <summary>It is accepted without an error and has no effect, or another effect than its name says.</summary>
    Ignored,

    /// <summary>The session is closed because of it, often with a reason that does not name it.</summary>
    Refused,
}

/// <summary>A setting or message that the model will refuse or ignore.</summary>
/// <param name="Severity">Refused or ignored.</param>
/// <param name="Path">Its place on the wire, such as <c>setup.generationConfig.thinkingConfig</c>.</param>
/// <param name="Reason">Why, in a sentence.</param>
/// <param name="Hint">What to do, in a sentence.</param>
/// <param name="Profile">Name of the profile that objects.</param>
public sealed record PreflightFinding(PreflightSeverity Severity, string Path, string Reason, string Hint, string Profile)
{
    /// <summary>The finding in one line.</summary>
    public override string ToString() => $"{Path} is {(Severity == PreflightSeverity.Refused ? "refused" : "ignored")} ({Profile}): {Reason} {Hint}";
}
