namespace Parley.Client;

/// <summary>The steps from an address to an answer, in their order.</summary>
public enum DiagnosisStepKind
{
    /// <summary>The name of the host becomes an address.</summary>
    Dns,

    /// <summary>Something listens there.</summary>
    Tcp,

    /// <summary>It has a certificate this machine trusts.</summary>
    Tls,

    /// <summary>It upgrades the path of the Live API to a WebSocket.</summary>
    Upgrade,

    /// <summary>It knows the key or token.</summary>
    Credential,

    /// <summary>It accepts the model and the rest of the setup.</summary>
    Setup,

    /// <summary>It answers.</summary>
    Answer,

    /// <summary>
    /// Whether it takes the first message of the WebSocket guide, <c>{"config":…}</c>, which the public service refuses (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#31-the-truth">protocol 3.1</see>).
    /// A fact, not a fault: this library sends <c>setup</c>.
    /// </summary>
    GuideConfig,
}

/// <summary>How a step went.</summary>
public enum DiagnosisOutcome
{
    /// <summary>It works.</summary>
    Passed,

    /// <summary>It does not, and nothing behind it was tried.</summary>
    Failed,

    /// <summary>It was not tried: it does not apply, or a step before it failed.</summary>
    Skipped,
}

/// <summary>One step of a diagnosis.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Outcome">How it went.</param>
/// <param name="Detail">What was seen, in a sentence. Never holds a credential.</param>
public sealed record DiagnosisStep(DiagnosisStepKind Kind, DiagnosisOutcome Outcome, string Detail)
{
    /// <summary>What to do, in a sentence; empty where there is nothing to do.</summary>
    public string Hint { get; init; } = "";

    /// <summary>Why it failed, in our words; null where it did not.</summary>
    public EndCause? Cause { get; init; }

    /// <summary>How long it took; zero where it was not tried.</summary>
    public TimeSpan Duration { get; init; }
}
