using Microsoft.Extensions.Logging;
using Parley.Server.Telemetry;

namespace Parley.Server.Sessions;

/// <summary>
/// The sessions that can be resumed, with the states of models as objects. States that a codec takes go to the store; others stay in this process, and their
/// sessions can be resumed only here.
/// </summary>
internal sealed partial class ResumableSessions(
    ISessionStore store, InMemorySessionStore inProcess, IEnumerable<ILiveCheckpointCodec> codecs, LiveMetrics metrics, ILogger<ResumableSessions> logger)
{
    private readonly ILiveCheckpointCodec[] _codecs = [.. codecs];

    internal async ValueTask<bool> SaveAsync(SessionCheckpoint checkpoint, object state, CancellationToken cancellationToken)
    {
        var wrapped = new CheckpointState(state, Array.Find(_codecs, codec => codec.Takes(state)));
        var outcome = "failed";
        try
        {
            var isSaved = await (wrapped.IsSerializable ? store : inProcess).SaveAsync(checkpoint with { State = wrapped }, cancellationToken).ConfigureAwait(false);
            outcome = isSaved ? "saved" : "superseded";
            return isSaved;
        }
        finally
        {
            metrics.SavedState(outcome);
        }
    }

    /// <summary>The checkpoint of a handle, with <see cref="CheckpointState.Value"/>; null if it has expired or cannot be read.</summary>
    internal async ValueTask<SessionCheckpoint?> FindAsync(string sessionId, long serial, CancellationToken cancellationToken)
    {
        if (await StoreOf(sessionId).FindAsync(sessionId, serial, cancellationToken).ConfigureAwait(false) is not { } found)
            return null;
        if (found.State.Value is not null)
            return found;
        try
        {
            var codec = Array.Find(_codecs, codec => codec.Kind == found.State.Kind) ?? throw new FormatException($"No codec reads states of the kind '{found.State.Kind}'.");
            return found with { State = new CheckpointState(codec.Restore(found.State.Serialize()), codec) };
        }
        catch (FormatException e)
        {
            Log.StateUnreadable(logger, sessionId, e);
            return null;
        }
    }

    internal ValueTask<long?> ClaimAsync(string sessionId, CancellationToken cancellationToken) => StoreOf(sessionId).ClaimAsync(sessionId, cancellationToken);

    internal ValueTask EndAsync(string sessionId, long epoch, DateTimeOffset expires, CancellationToken cancellationToken) =>
        StoreOf(sessionId).EndAsync(sessionId, epoch, expires, cancellationToken);

    internal ValueTask DeleteAsync(string sessionId, long epoch, CancellationToken cancellationToken) =>
        StoreOf(sessionId).DeleteAsync(sessionId, epoch, cancellationToken);

    private ISessionStore StoreOf(string sessionId) => inProcess.Holds(sessionId) ? inProcess : store;

    private static partial class Log
    {
        [LoggerMessage(EventIds.StateUnreadable, LogLevel.Warning, "State of session {SessionId} is unreadable; the session cannot be resumed")]
        public static partial void StateUnreadable(ILogger logger, string sessionId, Exception exception);
    }
}
