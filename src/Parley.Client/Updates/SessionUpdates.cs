using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Parley.Protocol;

namespace Parley.Client;

/// <summary>The setup was accepted; the first update of a session.</summary>
/// <param name="SessionId">Id of the session; commonly absent.</param>
public sealed record SetupCompleteUpdate(string? SessionId) : LiveUpdate;

/// <summary>The server closes this connection soon. Nothing else may follow.</summary>
/// <param name="TimeLeft">Time left; zero where the server gave none.</param>
public sealed record GoAwayUpdate(TimeSpan TimeLeft) : LiveUpdate;

/// <summary>State of resumption; <see cref="LiveSession.ResumptionHandle"/> keeps the newest that can be used.</summary>
/// <param name="Handle">The handle, or null. A secret: it opens the conversation.</param>
/// <param name="Resumable">False while generating or while calls are open.</param>
/// <param name="LastConsumedClientMessageIndex">Last client message the state holds, with transparent resumption.</param>
public sealed record ResumptionUpdate([property: JsonIgnore] string? Handle, bool Resumable, long? LastConsumedClientMessageIndex) : LiveUpdate
{
    /// <inheritdoc/>
    protected override bool PrintMembers(StringBuilder builder)
    {
        builder.Append("Resumable = ").Append(Resumable);
        return true;
    }
}

/// <summary>An error object in a message; the public service is not known to send one. The session goes on until it is closed.</summary>
/// <param name="Error">The error.</param>
public sealed record ErrorUpdate(ApiError Error) : LiveUpdate;

/// <summary>Members of a message that this version does not know, by path. What it knows of the same message came before.</summary>
/// <param name="Members">The members.</param>
public sealed record UnknownMessageUpdate(IReadOnlyDictionary<string, JsonElement> Members) : LiveUpdate
{
    /// <inheritdoc/>
    protected override bool PrintMembers(StringBuilder builder)
    {
        builder.AppendJoin(", ", Members.Keys);
        return true;
    }
}

/// <summary>A message that is no JSON object at all. The session goes on.</summary>
/// <param name="Message">The bytes; the memory is yours.</param>
/// <param name="Error">What is wrong with them.</param>
public sealed record UnreadableMessageUpdate(ReadOnlyMemory<byte> Message, [property: JsonIgnore] LiveProtocolException Error) : LiveUpdate;

/// <summary>The last update of a session: how it ended. Made by the client; the same value as <see cref="LiveSession.Completion"/>.</summary>
/// <param name="End">How it ended.</param>
public sealed record SessionEndedUpdate(SessionEnd End) : LiveUpdate;
