using Parley.Protocol;

namespace Parley.Client;

/// <summary>
/// The connection is gone or about to be, and another one is being opened. Made by the client; a <see cref="ReconnectedUpdate"/> or the end
/// follows. Go on sending meanwhile: audio is held, other messages wait.
/// </summary>
/// <param name="Cause">Why.</param>
/// <param name="CloseCode">The close code; null where the socket broke, or the client left by itself.</param>
/// <param name="Reason">The server's words; empty where it said nothing.</param>
/// <param name="IsPlanned">The client left by itself, because the server had sent <c>goAway</c>.</param>
public sealed record ReconnectingUpdate(EndCause Cause, int? CloseCode, string Reason, bool IsPlanned) : LiveUpdate;

/// <summary>The session goes on over another connection. Made by the client.</summary>
/// <param name="IsResumed">True: the model knows the conversation. False: a fresh session, see <see cref="ResumptionOptions.AllowFreshSession"/>.</param>
/// <param name="Lost">What did not survive; compare with <see cref="ReconnectLoss.IsNothing"/>.</param>
/// <param name="Resent">Messages sent again, because the resumed state does not hold them.</param>
/// <param name="Attempts">Connections tried, this one included.</param>
/// <param name="Took">Time without a connection.</param>
public sealed record ReconnectedUpdate(bool IsResumed, ReconnectLoss Lost, int Resent, int Attempts, TimeSpan Took) : LiveUpdate;

/// <summary>What did not survive a reconnect.</summary>
public sealed record ReconnectLoss
{
    /// <summary>The model has forgotten the conversation.</summary>
    public bool Conversation { get; init; }

    /// <summary>An answer was cut, and nothing was sent again that would bring it back: ask anew if you want it.</summary>
    public bool Answer { get; init; }

    /// <summary>Sound of the user that was captured or sent and will not reach the model.</summary>
    public TimeSpan Audio { get; init; }

    /// <summary>Other messages of which it is known that they will not reach the model.</summary>
    public int Messages { get; init; }

    /// <summary>
    /// Calls that the resumed model does not know of, whether they were answered or not: answers to them are not sent. Where it makes the same call again, the result of the
    /// automatic tool that already runs or ran is used: it does not run twice.
    /// </summary>
    public IReadOnlyList<FunctionCall> ToolCalls { get; init; } = [];

    /// <summary>Everything survived.</summary>
    public bool IsNothing => !Conversation && !Answer && Audio == TimeSpan.Zero && Messages == 0 && ToolCalls.Count == 0;
}
