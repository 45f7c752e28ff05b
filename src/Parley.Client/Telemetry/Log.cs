using Microsoft.Extensions.Logging;

namespace Parley.Client.Telemetry;

/// <summary>Numbers of the log events; a number is never used again.</summary>
internal static class EventIds
{
    internal const int Connected = 1, ConnectFailed = 2, SetupNotSent = 3, Ended = 4, EndedAbnormally = 5, Unreadable = 6, GoAway = 7,
        ToolStarted = 20, ToolAnswered = 21, ToolFailed = 22, ToolUnknown = 23, ToolDuplicate = 24, ToolCancelled = 25, ToolNotSent = 26,
        Reconnecting = 30, Reconnected = 31, Rotating = 32, OverlapRefused = 33, AttachFailed = 34, AnswerNotSent = 35, Preflight = 36, Interrupted = 37, ToolTimedOut = 38,
        ToolRefused = 39, ToolReused = 40, AudioDropped = 41;
}

internal static partial class Log
{
    [LoggerMessage(EventIds.Connected, LogLevel.Information, "Live session opened with {Model}")]
    internal static partial void Connected(ILogger logger, string? model);

    [LoggerMessage(EventIds.ConnectFailed, LogLevel.Warning, "No live session: {Cause}; HTTP status {Status}, close code {CloseCode}")]
    internal static partial void ConnectFailed(ILogger logger, EndCause cause, int? status, int? closeCode);

    [LoggerMessage(EventIds.SetupNotSent, LogLevel.Debug, "The setup could not be sent ({Error}); waiting for the close")]
    internal static partial void SetupNotSent(ILogger logger, string error);

    [LoggerMessage(EventIds.Ended, LogLevel.Information, "Live session ended: {End}")]
    internal static partial void Ended(ILogger logger, SessionEnd end);

    [LoggerMessage(EventIds.EndedAbnormally, LogLevel.Warning, "Live session ended: {End}; advice {Advice}")]
    internal static partial void EndedAbnormally(ILogger logger, SessionEnd end, RetryAdvice advice);

    [LoggerMessage(EventIds.Unreadable, LogLevel.Warning, "A message of {Bytes} bytes is no JSON object; it is delivered as UnreadableMessageUpdate")]
    internal static partial void Unreadable(ILogger logger, int bytes);

    [LoggerMessage(EventIds.GoAway, LogLevel.Information, "The server closes the connection in {TimeLeft}")]
    internal static partial void GoAway(ILogger logger, TimeSpan timeLeft);

    [LoggerMessage(EventIds.Reconnecting, LogLevel.Information, "Attempt {Attempt} to reconnect in {Delay} after {Cause}; resumes: {Resumes}")]
    internal static partial void Reconnecting(ILogger logger, int attempt, TimeSpan delay, EndCause cause, bool resumes);

    [LoggerMessage(EventIds.Reconnected, LogLevel.Information,
        "Reconnected at attempt {Attempts}; resumed: {Resumed}, {Resent} messages sent again, {LostAudio} of sound and {LostMessages} messages lost")]
    internal static partial void Reconnected(ILogger logger, int attempts, bool resumed, int resent, TimeSpan lostAudio, int lostMessages);

    [LoggerMessage(EventIds.Rotating, LogLevel.Debug, "Leaving a connection that the server will close")]
    internal static partial void Rotating(ILogger logger);

    [LoggerMessage(EventIds.OverlapRefused, LogLevel.Information, "No connection beside the old one ({Cause}); the old one is closed first")]
    internal static partial void OverlapRefused(ILogger logger, EndCause cause);

    [LoggerMessage(EventIds.AttachFailed, LogLevel.Warning, "The new connection could not be given what it needs; it is cut")]
    internal static partial void AttachFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventIds.AnswerNotSent, LogLevel.Information, "{Count} tool answers were not sent: answered before, cancelled, or lost with a connection")]
    internal static partial void AnswerNotSent(ILogger logger, int count);

    [LoggerMessage(EventIds.Preflight, LogLevel.Warning, "{Finding}")]
    internal static partial void Preflight(ILogger logger, PreflightFinding finding);

    [LoggerMessage(EventIds.Interrupted, LogLevel.Debug, "Interrupted from here: {Result}")]
    internal static partial void Interrupted(ILogger logger, InterruptResult result);

    [LoggerMessage(EventIds.AudioDropped, LogLevel.Warning, "{Audio} of sound will not reach the model")]
    internal static partial void AudioDropped(ILogger logger, TimeSpan audio);

    [LoggerMessage(EventIds.ToolTimedOut, LogLevel.Warning, "Tool {Name} took longer than {Timeout} for call {Id}; the model was told")]
    internal static partial void ToolTimedOut(ILogger logger, string? name, string? id, TimeSpan timeout);

    [LoggerMessage(EventIds.ToolRefused, LogLevel.Information, "Call {Id} of {Name} was not approved; the model was told")]
    internal static partial void ToolRefused(ILogger logger, string? id, string? name);

    [LoggerMessage(EventIds.ToolReused, LogLevel.Information, "Call {Id} of {Name} is a lost one made again; its run is used, it does not run twice")]
    internal static partial void ToolReused(ILogger logger, string? id, string? name);

    [LoggerMessage(EventIds.ToolStarted, LogLevel.Debug, "Tool {Name} runs for call {Id}")]
    internal static partial void ToolStarted(ILogger logger, string? name, string? id);

    [LoggerMessage(EventIds.ToolAnswered, LogLevel.Debug, "{Count} tool calls answered")]
    internal static partial void ToolAnswered(ILogger logger, int count);

    [LoggerMessage(EventIds.ToolFailed, LogLevel.Warning, "Tool {Name} failed for call {Id}; the model was told")]
    internal static partial void ToolFailed(ILogger logger, string? name, string? id, Exception exception);

    [LoggerMessage(EventIds.ToolUnknown, LogLevel.Warning, "The model called {Name}, which the session does not have; it was told")]
    internal static partial void ToolUnknown(ILogger logger, string? name);

    [LoggerMessage(EventIds.ToolDuplicate, LogLevel.Information, "Call {Id} of {Name} came again and was ignored")]
    internal static partial void ToolDuplicate(ILogger logger, string? id, string? name);

    [LoggerMessage(EventIds.ToolCancelled, LogLevel.Debug, "Call {Id} was cancelled by the server")]
    internal static partial void ToolCancelled(ILogger logger, string id);

    [LoggerMessage(EventIds.ToolNotSent, LogLevel.Information, "{Count} tool answers were not sent: the session has ended")]
    internal static partial void ToolNotSent(ILogger logger, int count);
}
