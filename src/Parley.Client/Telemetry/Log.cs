using Microsoft.Extensions.Logging;
using Parley.Protocol;

namespace Parley.Client.Telemetry;

/// <summary>Ids of the log events; an id is never reused.</summary>
internal static class EventIds
{
    internal const int Connected = 1, ConnectFailed = 2, SetupNotSent = 3, Ended = 4, EndedAbnormally = 5, Unreadable = 6, GoAway = 7,
        ToolStarted = 20, ToolAnswered = 21, ToolFailed = 22, ToolUnknown = 23, ToolDuplicate = 24, ToolCancelled = 25, ToolNotSent = 26,
        Reconnecting = 30, Reconnected = 31, Rotating = 32, OverlapRefused = 33, AttachFailed = 34, AnswerNotSent = 35, Preflight = 36, Interrupted = 37, ToolTimedOut = 38,
        ToolRefused = 39, ToolReused = 40, AudioDropped = 41, FollowsRedirects = 42, ToolResultTooLong = 43, OddByte = 44;
}

internal static partial class Log
{
    [LoggerMessage(EventIds.Connected, LogLevel.Information, "Live session opened: {Model}")]
    internal static partial void Connected(ILogger logger, string? model);

    [LoggerMessage(EventIds.ConnectFailed, LogLevel.Warning, "Connecting failed: {Cause}; HTTP status {Status}, close code {CloseCode}")]
    internal static partial void ConnectFailed(ILogger logger, EndCause cause, int? status, int? closeCode);

    [LoggerMessage(EventIds.FollowsRedirects, LogLevel.Warning,
        "LiveClientOptions.Invoker may follow redirects, and has been used already: set AllowAutoRedirect of its handler to false, or a redirect sends the key to another host")]
    internal static partial void FollowsRedirects(ILogger logger);

    [LoggerMessage(EventIds.SetupNotSent, LogLevel.Debug, "Sending the setup failed ({Error}); waiting for the close")]
    internal static partial void SetupNotSent(ILogger logger, string error);

    [LoggerMessage(EventIds.Ended, LogLevel.Information, "Live session ended: {End}")]
    internal static partial void Ended(ILogger logger, SessionEnd end);

    [LoggerMessage(EventIds.EndedAbnormally, LogLevel.Warning, "Live session ended: {End}; advice {Advice}")]
    internal static partial void EndedAbnormally(ILogger logger, SessionEnd end, RetryAdvice advice);

    [LoggerMessage(EventIds.Unreadable, LogLevel.Warning, "Unreadable message of {Bytes} bytes, not a JSON object; delivered as UnreadableMessageUpdate")]
    internal static partial void Unreadable(ILogger logger, int bytes);

    [LoggerMessage(EventIds.GoAway, LogLevel.Information, "goAway received: the server closes the connection in {TimeLeft}")]
    internal static partial void GoAway(ILogger logger, TimeSpan timeLeft);

    [LoggerMessage(EventIds.Reconnecting, LogLevel.Information, "Reconnecting: attempt {Attempt} in {Delay} after {Cause}; with handle: {Resumes}")]
    internal static partial void Reconnecting(ILogger logger, int attempt, TimeSpan delay, EndCause cause, bool resumes);

    [LoggerMessage(EventIds.Reconnected, LogLevel.Information,
        "Reconnected at attempt {Attempts}; resumed: {Resumed}, messages resent: {Resent}, audio lost: {LostAudio}, messages lost: {LostMessages}")]
    internal static partial void Reconnected(ILogger logger, int attempts, bool resumed, int resent, TimeSpan lostAudio, int lostMessages);

    [LoggerMessage(EventIds.Rotating, LogLevel.Debug, "Rotation started: leaving a connection that the server will close")]
    internal static partial void Rotating(ILogger logger);

    [LoggerMessage(EventIds.OverlapRefused, LogLevel.Information, "Overlapping connection refused ({Cause}); closing the old one first")]
    internal static partial void OverlapRefused(ILogger logger, EndCause cause);

    [LoggerMessage(EventIds.AttachFailed, LogLevel.Warning, "Preparing the new connection failed; it is cut")]
    internal static partial void AttachFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventIds.AnswerNotSent, LogLevel.Information, "Tool responses not sent: {Count}, whose calls were answered before, cancelled, or lost with a connection")]
    internal static partial void AnswerNotSent(ILogger logger, int count);

    [LoggerMessage(EventIds.Preflight, LogLevel.Warning, "{Finding}")]
    internal static partial void Preflight(ILogger logger, PreflightFinding finding);

    [LoggerMessage(EventIds.Interrupted, LogLevel.Debug, "Interrupted by the client: {Result}")]
    internal static partial void Interrupted(ILogger logger, InterruptResult result);

    [LoggerMessage(EventIds.AudioDropped, LogLevel.Warning, "Dropped {Audio} of audio")]
    internal static partial void AudioDropped(ILogger logger, TimeSpan audio);

    [LoggerMessage(EventIds.ToolTimedOut, LogLevel.Warning, "Tool timed out: {Name}, call {Id}, limit {Timeout}; an error was sent to the model")]
    internal static partial void ToolTimedOut(ILogger logger, string? name, string? id, TimeSpan timeout);

    [LoggerMessage(EventIds.ToolRefused, LogLevel.Information, "Tool call not approved: {Name}, call {Id}; an error was sent to the model")]
    internal static partial void ToolRefused(ILogger logger, string? id, string? name);

    [LoggerMessage(EventIds.ToolReused, LogLevel.Information, "Tool call repeated after a reconnect: {Name}, call {Id}; the result of its first run is used")]
    internal static partial void ToolReused(ILogger logger, string? id, string? name);

    [LoggerMessage(EventIds.ToolStarted, LogLevel.Debug, "Tool started: {Name}, call {Id}")]
    internal static partial void ToolStarted(ILogger logger, string? name, string? id);

    [LoggerMessage(EventIds.ToolAnswered, LogLevel.Debug, "Tool calls answered: {Count}")]
    internal static partial void ToolAnswered(ILogger logger, int count);

    [LoggerMessage(EventIds.ToolFailed, LogLevel.Warning, "Tool failed: {Name}, call {Id}; an error was sent to the model")]
    internal static partial void ToolFailed(ILogger logger, string? name, string? id, Exception exception);

    [LoggerMessage(EventIds.ToolResultTooLong, LogLevel.Warning, "Tool result too long: {Name}, call {Id}, limit {MaxBytes} bytes; an error was sent to the model")]
    internal static partial void ToolResultTooLong(ILogger logger, string? name, string? id, int maxBytes);

    [LoggerMessage(EventIds.OddByte, LogLevel.Warning, "Dropped half a sample: the audio sent before this mark has an odd number of bytes")]
    internal static partial void OddByte(ILogger logger);

    [LoggerMessage(EventIds.ToolUnknown, LogLevel.Warning, "Unknown function called: {Name}; an error was sent to the model")]
    internal static partial void ToolUnknown(ILogger logger, string? name);

    [LoggerMessage(EventIds.ToolDuplicate, LogLevel.Information, "Duplicate tool call ignored: {Name}, call {Id}")]
    internal static partial void ToolDuplicate(ILogger logger, string? id, string? name);

    [LoggerMessage(EventIds.ToolCancelled, LogLevel.Debug, "Tool call cancelled by the server: {Id}")]
    internal static partial void ToolCancelled(ILogger logger, string id);

    [LoggerMessage(EventIds.ToolNotSent, LogLevel.Information, "Tool responses not sent: {Count}, because the session has ended")]
    internal static partial void ToolNotSent(ILogger logger, int count);
}
