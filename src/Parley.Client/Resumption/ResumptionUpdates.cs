using System.Text;
using Parley.Protocol;

namespace Parley.Client;

/// <summary>
/// The connection is lost or being left, and another one is being opened. Created by the client; a <see cref="ReconnectedUpdate"/> or the
/// end follows. Keep sending meanwhile: audio is held, other messages wait.
/// </summary>
/// <param name="Cause">Why the connection ended.</param>
/// <param name="CloseCode">The close code; null if the socket broke or the client closed it.</param>
/// <param name="Reason">Reason text of the server; empty if it gave none.</param>
/// <param name="IsPlanned">Whether this is a rotation: the client left because the server had sent <c>goAway</c>.</param>
public sealed record ReconnectingUpdate(EndCause Cause, int? CloseCode, string Reason, bool IsPlanned) : LiveUpdate;

/// <summary>The session continues on another connection. Created by the client.</summary>
/// <param name="IsResumed">
/// Whether the session was resumed, so that the model knows the conversation; false for a fresh session, see
/// <see cref="ResumptionOptions.AllowFreshSession"/>.
/// </param>
/// <param name="Lost">What was lost; compare with <see cref="ReconnectLoss.IsNothing"/>.</param>
/// <param name="Resent">Messages that were resent, because the resumed state does not contain them.</param>
/// <param name="Attempts">Number of attempts, including this connection.</param>
/// <param name="Took">Time without a connection.</param>
public sealed record ReconnectedUpdate(bool IsResumed, ReconnectLoss Lost, int Resent, int Attempts, TimeSpan Took) : LiveUpdate;

/// <summary>What a reconnect or rotation lost.</summary>
public sealed record ReconnectLoss
{
    /// <summary>Whether the model has lost the conversation.</summary>
    public bool Conversation { get; init; }

    /// <summary>Whether an answer was cut that will not be generated again: repeat the question if you need it.</summary>
    public bool Answer { get; init; }

    /// <summary>Audio of the user that was captured or sent and does not reach the model.</summary>
    public TimeSpan Audio { get; init; }

    /// <summary>Number of other messages that certainly do not reach the model.</summary>
    public int Messages { get; init; }

    /// <summary>
    /// Calls that the resumed model does not know, answered or not: answers to them are not sent. If it makes the same call again, the
    /// result of the automatic tool that is running or has run is used: it does not run twice.
    /// </summary>
    public IReadOnlyList<FunctionCall> ToolCalls { get; init; } = [];

    /// <summary>Whether nothing was lost.</summary>
    public bool IsNothing => !Conversation && !Answer && Audio == TimeSpan.Zero && Messages == 0 && ToolCalls.Count == 0;

#pragma warning disable IDE0051 // The record's ToString calls it.
    private bool PrintMembers(StringBuilder builder)
#pragma warning restore IDE0051
    {
        builder.Append("Conversation = ").Append(Conversation).Append(", Answer = ").Append(Answer).Append(", Audio = ").Append(Audio)
            .Append(", Messages = ").Append(Messages).Append(", ToolCalls = ").Append(ToolCalls.Count);
        return true;
    }
}
