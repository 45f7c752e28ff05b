using System.Text;
using System.Text.Json.Serialization;

namespace Parley.Client;

/// <summary>How a session ended. A value, not an exception: every session ends.</summary>
/// <param name="Cause">Why, in our words.</param>
/// <param name="CloseCode">The WebSocket close code; null where the socket broke without one.</param>
/// <param name="Reason">Why, in the server's words, cut at 123 bytes by the wire; empty where it said nothing.</param>
public sealed record SessionEnd(EndCause Cause, int? CloseCode, string Reason)
{
    /// <summary>What may help now.</summary>
    public RetryAdvice Advice { get; init; }

    /// <summary>Whether connecting again may help.</summary>
    public bool CanRetry => Advice != RetryAdvice.No;

    /// <summary>
    /// Newest handle that was marked resumable, for <see cref="Protocol.SessionResumptionConfig.Handle"/>; null where there is none
    /// or where <see cref="Advice"/> says it is spent. A secret: it opens the conversation.
    /// </summary>
    [JsonIgnore]
    public string? ResumptionHandle { get; init; }

    /// <summary>
    /// How the connection ended that could not be replaced; then the other members tell of the last attempt. Null where none was made.
    /// </summary>
    public SessionEnd? LostConnection { get; init; }

    /// <summary>Connections that were tried in its place.</summary>
    public int ReconnectAttempts { get; init; }

    /// <summary>What broke, where it was not a close.</summary>
    [JsonIgnore]
    public Exception? Error { get; init; }

    /// <summary>An answer was being generated. A server that closes politely in mid-answer has not ended normally.</summary>
    public bool IsMidAnswer { get; init; }

    /// <summary>True where this side ended the session, or the server did so between turns.</summary>
    public bool IsNormal => Cause == EndCause.ByClient || (Cause == EndCause.Completed && !IsMidAnswer && LostConnection is null);

    /// <summary>What to do, in one sentence; empty where there is nothing to do.</summary>
    public string Hint => CloseCauses.Hint(Cause);

    /// <summary>The chapter of <c>docs/closes.md</c> that explains <see cref="Cause"/> and its hint.</summary>
    public string HelpLink => CloseCauses.HelpLink(Cause);

    /// <summary>
    /// The field the server did not know, with its path in the server's spelling, such as <c>setup.generation_config.foo</c>; null where the
    /// end is about something else. Cut where the wire cut the text.
    /// </summary>
    public string? FieldPath => CloseCauses.FieldPath(Reason);

    /// <summary>For callers who want an abnormal end as an exception.</summary>
    /// <exception cref="LiveSessionException">The end is not normal.</exception>
    public void ThrowIfAbnormal()
    {
        if (!IsNormal)
            throw new LiveSessionException(this);
    }

    /// <summary>Cause, code and text; never the handle.</summary>
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
