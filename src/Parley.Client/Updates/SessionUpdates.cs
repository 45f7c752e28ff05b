using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Parley.Protocol;

namespace Parley.Client;

/// <summary>The setup was accepted; the first update of a session.</summary>
/// <param name="SessionId">Id of the session; commonly absent.</param>
public sealed record SetupCompleteUpdate(string? SessionId) : LiveUpdate;

/// <summary>The server will close this connection soon. No other message may follow.</summary>
/// <param name="TimeLeft">Time left; zero if the server gave none.</param>
public sealed record GoAwayUpdate(TimeSpan TimeLeft) : LiveUpdate;

/// <summary>State of session resumption; <see cref="LiveSession.ResumptionHandle"/> keeps the newest usable handle.</summary>
/// <param name="Handle">The handle, or null. A secret: it opens the conversation.</param>
/// <param name="Resumable">False while generating or while calls are open.</param>
/// <param name="LastConsumedClientMessageIndex">
/// With transparent resumption, index of the last client message that the state contains.
/// </param>
public sealed record ResumptionUpdate([property: JsonIgnore] string? Handle, bool Resumable, long? LastConsumedClientMessageIndex) : LiveUpdate
{
    /// <inheritdoc/>
    protected override bool PrintMembers(StringBuilder builder)
    {
        builder.Append("Resumable = ").Append(Resumable);
        return true;
    }
}

/// <summary>An error object in a message; the public service is not known to send one. The session continues until it is closed.</summary>
/// <param name="Error">The error.</param>
public sealed record ErrorUpdate(ApiError Error) : LiveUpdate;

/// <summary>Members of a message that this version does not know, by path. The known members of the message came before.</summary>
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

/// <summary>A message that is not a JSON object. The session continues.</summary>
/// <param name="Message">The bytes; the memory is yours.</param>
/// <param name="Error">What is wrong with the message.</param>
public sealed record UnreadableMessageUpdate(ReadOnlyMemory<byte> Message, [property: JsonIgnore] LiveProtocolException Error) : LiveUpdate;

/// <summary>
/// The last update of a session: how it ended. Created by the client; the same value as <see cref="LiveSession.Completion"/>.
/// </summary>
/// <param name="End">How it ended.</param>
public sealed record SessionEndedUpdate(SessionEnd End) : LiveUpdate;
