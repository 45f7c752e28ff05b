namespace Parley.Client;

/// <summary>The steps from an address to an answer, in order.</summary>
public enum DiagnosisStepKind
{
    /// <summary>The host name resolves to an address.</summary>
    Dns,

    /// <summary>The port accepts connections.</summary>
    Tcp,

    /// <summary>TLS works, with a certificate that this machine trusts.</summary>
    Tls,

    /// <summary>The path of the Live API accepts a WebSocket upgrade.</summary>
    Upgrade,

    /// <summary>The server accepts the key or token.</summary>
    Credential,

    /// <summary>The server accepts the model and the rest of the setup.</summary>
    Setup,

    /// <summary>The model answers.</summary>
    Answer,

    /// <summary>
    /// Whether the server accepts the first message of the WebSocket guide, <c>{"config":…}</c>, which the public service refuses (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#31-the-truth">protocol 3.1</see>).
    /// For information only: this library sends <c>setup</c>.
    /// </summary>
    GuideConfig,
}

/// <summary>Result of a step.</summary>
public enum DiagnosisOutcome
{
    /// <summary>The step works.</summary>
    Passed,

    /// <summary>The step fails; the later ones were not tried.</summary>
    Failed,

    /// <summary>The step was not tried: it does not apply, or an earlier one failed.</summary>
    Skipped,
}

/// <summary>One step of a diagnosis.</summary>
/// <param name="Kind">Which step.</param>
/// <param name="Outcome">Its result.</param>
/// <param name="Detail">What was observed, in a sentence. Never contains a credential.</param>
public sealed record DiagnosisStep(DiagnosisStepKind Kind, DiagnosisOutcome Outcome, string Detail)
{
    /// <summary>What to do, in a sentence; empty if there is nothing to do.</summary>
    public string Hint { get; init; } = "";

    /// <summary>Why it failed; null if it did not.</summary>
    public EndCause? Cause { get; init; }

    /// <summary>How long it took; zero if it was not tried.</summary>
    public TimeSpan Duration { get; init; }
}
