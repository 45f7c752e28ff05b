using System.Text;
using System.Text.Json.Serialization;
using Parley.Client.Ending;

namespace Parley.Client;

/// <summary>How a session ended. A value, not an exception, because every session ends.</summary>
/// <param name="Cause">Why it ended.</param>
/// <param name="CloseCode">The WebSocket close code; null if the socket broke without one.</param>
/// <param name="Reason">Reason text of the server, at most 123 bytes on the wire; empty if it gave none.</param>
public sealed record SessionEnd(EndCause Cause, int? CloseCode, string Reason)
{
    /// <summary>What to do now.</summary>
    public RetryAdvice Advice { get; init; }

    /// <summary>Whether connecting again may help.</summary>
    public bool CanRetry => Advice != RetryAdvice.No;

    /// <summary>
    /// Newest handle that was marked resumable, for <see cref="Protocol.SessionResumptionConfig.Handle"/>; null if there is none or the
    /// server refused it. A secret: it opens the conversation.
    /// </summary>
    [JsonIgnore]
    public string? ResumptionHandle { get; init; }

    /// <summary>
    /// How the connection ended that could not be replaced; the other members then describe the last attempt. Null if no attempt was made.
    /// </summary>
    public SessionEnd? LostConnection { get; init; }

    /// <summary>Number of attempts to reconnect.</summary>
    public int ReconnectAttempts { get; init; }

    /// <summary>The exception, if the connection broke without a close.</summary>
    [JsonIgnore]
    public Exception? Error { get; init; }

    /// <summary>Whether an answer was being generated. A normal close (1000) in mid-answer is not a normal end.</summary>
    public bool IsMidAnswer { get; init; }

    /// <summary>True if the client closed the session, or the server did so between turns.</summary>
    public bool IsNormal => Cause == EndCause.ByClient || (Cause == EndCause.Completed && !IsMidAnswer && LostConnection is null);

    /// <summary>What to do, in one sentence; empty if there is nothing to do.</summary>
    public string Hint => CloseCauses.Hint(Cause, Reason);

    /// <summary>Address of the documentation that explains <see cref="Cause"/> and what to do.</summary>
    public string HelpLink => CloseCauses.HelpLink(Cause);

    /// <summary>
    /// Path of the field that the server did not know, or whose value it did not take, in the server's spelling, such as
    /// <c>setup.generation_config.foo</c>; null if the reason names none. Incomplete if the reason was cut on the wire.
    /// </summary>
    public string? FieldPath => CloseClassifier.FieldPath(Reason);

    /// <summary>Throws if the end is not normal.</summary>
    /// <exception cref="LiveSessionException">The end is not normal.</exception>
    public void ThrowIfAbnormal()
    {
        if (!IsNormal)
            throw new LiveSessionException(this);
    }

    /// <summary>Cause, code and reason; never the handle.</summary>
    public override string ToString()
    {
        var text = new StringBuilder().Append(Cause);
        if (CloseCode is { } code)
            text.Append(" (").Append(code).Append(')');
        if (Reason.Length > 0)
            text.Append(": ").Append(Reason);
        return text.ToString();
    }
}
