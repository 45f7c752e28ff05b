using System.Text.Json;
using Parley.Protocol;

namespace Parley.Server;

/// <summary>Something that happened in a session.</summary>
public abstract record LiveSessionEvent
{
    /// <summary>Its name on the wire: <c>session.started</c>, <c>turn.ended</c> …</summary>
    public abstract string Type { get; }

    /// <summary>Unique id, the same each time the event is delivered.</summary>
    public string Id { get; init; } = "";

    /// <summary>When it happened.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>Number of the event on its connection, from 1 on, without gaps.</summary>
    public long Sequence { get; init; }

    /// <summary>The session it belongs to.</summary>
    public required LiveSessionFacts Session { get; init; }
}

/// <summary>The session of an event.</summary>
/// <param name="Id">Id of the session, the same after a resumption.</param>
/// <param name="ConnectionId">Id of the connection, which changes with a resumption.</param>
/// <param name="Node">Name of the server, <see cref="LiveApiOptions.NodeName"/>.</param>
/// <param name="Model">The model, such as <c>models/gemini-3.5-live</c>.</param>
/// <param name="IsRelayed">Whether an upstream answers.</param>
/// <param name="Caller">Who opened it.</param>
public sealed record LiveSessionFacts(string Id, string ConnectionId, string Node, string Model, bool IsRelayed, LiveCaller Caller);

/// <summary>A new session has started: <c>setupComplete</c> is on its way.</summary>
public sealed record LiveSessionStarted : LiveSessionEvent
{
    /// <inheritdoc/>
    public override string Type => "session.started";
}

/// <summary>A client has resumed a session on a new connection.</summary>
public sealed record LiveSessionResumed : LiveSessionEvent
{
    /// <inheritdoc/>
    public override string Type => "session.resumed";
}

/// <summary>The session goes on on another connection, here or on another server: this one ends, the session does not.</summary>
public sealed record LiveSessionMoved : LiveSessionEvent
{
    /// <inheritdoc/>
    public override string Type => "session.moved";
}

/// <summary>The connection of the session has ended.</summary>
public sealed record LiveSessionEnded : LiveSessionEvent
{
    /// <inheritdoc/>
    public override string Type => "session.ended";

    /// <summary>Close code; 1006 if the client left without one.</summary>
    public required int Code { get; init; }

    /// <summary>Close reason, as the client got it; empty if the client ended the connection.</summary>
    public required string Reason { get; init; }

    /// <summary>Who ended it: <c>client</c>, <c>server</c> or <c>upstream</c>.</summary>
    public required string Cause { get; init; }

    /// <summary>Whether the client has a way to resume it; <see cref="LiveSessionResumed"/> follows if it does.</summary>
    public required bool MayResume { get; init; }

    /// <summary>How long the connection lasted.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Tokens of input on this connection.</summary>
    public required long PromptTokens { get; init; }

    /// <summary>Tokens of output on this connection.</summary>
    public required long ResponseTokens { get; init; }

    /// <summary>Cost of this connection, in the currency of <see cref="LivePriceOptions"/>; null if something had no price.</summary>
    public required decimal? Cost { get; init; }
}

/// <summary>The model has begun to answer.</summary>
public sealed record LiveTurnStarted : LiveSessionEvent
{
    /// <inheritdoc/>
    public override string Type => "turn.started";

    /// <summary>Number of the turn on its connection, from 1 on.</summary>
    public required int Turn { get; init; }
}

/// <summary>The user has interrupted the model. <see cref="LiveTurnEnded"/> follows.</summary>
public sealed record LiveTurnInterrupted : LiveSessionEvent
{
    /// <inheritdoc/>
    public override string Type => "turn.interrupted";

    /// <summary>Number of the turn on its connection, from 1 on.</summary>
    public required int Turn { get; init; }
}

/// <summary>The answer of the model has ended. Every turn that started has exactly one end.</summary>
public sealed record LiveTurnEnded : LiveSessionEvent
{
    /// <inheritdoc/>
    public override string Type => "turn.ended";

    /// <summary>Number of the turn on its connection, from 1 on.</summary>
    public required int Turn { get; init; }

    /// <summary>How: <c>completed</c>, <c>interrupted</c>, <c>lost</c> (with the connection to the upstream) or <c>session_closed</c>.</summary>
    public required string Outcome { get; init; }

    /// <summary>From the first output to the end.</summary>
    public required TimeSpan Duration { get; init; }
}

/// <summary>
/// What a side has said, complete: at the end of the turn for the model, when the model begins to answer or the turn ends for the user. Speech has a transcript
/// only if the setup asked for transcription.
/// </summary>
public sealed record LiveTranscriptFinal : LiveSessionEvent
{
    /// <inheritdoc/>
    public override string Type => "transcript.final";

    /// <summary>Who said it: <c>user</c> or <c>model</c>.</summary>
    public required string Speaker { get; init; }

    /// <summary>The text, at most <see cref="LiveEventOptions.MaxTextLength"/> characters.</summary>
    public required string Text { get; init; }

    /// <summary>Whether it was spoken; false if it was typed, or answered as text.</summary>
    public required bool IsSpoken { get; init; }

    /// <summary>Whether the user interrupted it. The text then may contain words that were not heard.</summary>
    public required bool IsInterrupted { get; init; }

    /// <summary>Number of the turn it belongs to; for the user, the turn that answers it.</summary>
    public required int Turn { get; init; }
}

/// <summary>The model has called a function of the client.</summary>
public sealed record LiveToolCalled : LiveSessionEvent
{
    /// <inheritdoc/>
    public override string Type => "tool.called";

    /// <summary>Id of the call.</summary>
    public required string CallId { get; init; }

    /// <summary>Name of the function.</summary>
    public required string Name { get; init; }

    /// <summary>The arguments; null if there are none, or more than <see cref="LiveEventOptions.MaxTextLength"/> characters of them.</summary>
    public required JsonElement? Arguments { get; init; }
}

/// <summary>A function call has ended.</summary>
public sealed record LiveToolAnswered : LiveSessionEvent
{
    /// <inheritdoc/>
    public override string Type => "tool.answered";

    /// <summary>Id of the call.</summary>
    public required string CallId { get; init; }

    /// <summary>Name of the function.</summary>
    public required string Name { get; init; }

    /// <summary>How: <c>answered</c>, <c>cancelled</c> or <c>lost</c> (with the connection to the upstream).</summary>
    public required string Outcome { get; init; }

    /// <summary>The response; null if there is none, or more than <see cref="LiveEventOptions.MaxTextLength"/> characters of it.</summary>
    public required JsonElement? Response { get; init; }

    /// <summary>From the call to its end.</summary>
    public required TimeSpan Duration { get; init; }
}

/// <summary>Tokens were used. The sum over a session is its usage: nothing is reported twice.</summary>
public sealed record LiveUsageReported : LiveSessionEvent
{
    /// <inheritdoc/>
    public override string Type => "usage.reported";

    /// <summary>The counts, as the model reported them.</summary>
    public required UsageMetadata Usage { get; init; }

    /// <summary>What it cost; null if the model has no price.</summary>
    public required decimal? Cost { get; init; }

    /// <summary>Currency of the cost; null if there is none.</summary>
    public required string? Currency { get; init; }
}

/// <summary>A check has changed what a side gets. A text that was allowed has no event.</summary>
public sealed record LiveCheckActed : LiveSessionEvent
{
    /// <inheritdoc/>
    public override string Type => "check.acted";

    /// <summary>Name of the check.</summary>
    public required string Check { get; init; }

    /// <summary>What it decided: <c>replaced</c>, <c>blocked</c> or <c>ended</c>.</summary>
    public required string Verdict { get; init; }

    /// <summary>Whose text it was: <c>user</c> or <c>model</c>.</summary>
    public required string Speaker { get; init; }

    /// <summary>Whether it was spoken; false if it was typed, or answered as text.</summary>
    public required bool IsSpoken { get; init; }

    /// <summary>Why, as the check says; null for <c>replaced</c>.</summary>
    public required string? Reason { get; init; }
}

/// <summary>A check has not decided about a text. If the text was blocked for that, <see cref="LiveCheckActed"/> follows.</summary>
public sealed record LiveCheckFailed : LiveSessionEvent
{
    /// <inheritdoc/>
    public override string Type => "check.failed";

    /// <summary>Name of the check.</summary>
    public required string Check { get; init; }

    /// <summary>Whose text it was: <c>user</c> or <c>model</c>.</summary>
    public required string Speaker { get; init; }

    /// <summary>
    /// Why: <c>late</c> (deadline passed), <c>error</c> (it threw), <c>busy</c> (too many earlier runs have not ended) or <c>no_text</c> (audio had no transcript in time).
    /// </summary>
    public required string Cause { get; init; }

    /// <summary>What happened to the text: <c>allowed</c> or <c>blocked</c>.</summary>
    public required string Outcome { get; init; }
}

/// <summary>A limit has ended the session.</summary>
public sealed record LiveLimitReached : LiveSessionEvent
{
    /// <inheritdoc/>
    public override string Type => "limit.reached";

    /// <summary>The limit: <c>quota</c> (minutes or tokens of the day), <c>message_size</c>, <c>message_rate</c> or <c>lifetime</c>.</summary>
    public required string Limit { get; init; }
}
