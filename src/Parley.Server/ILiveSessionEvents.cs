namespace Parley.Server;

/// <summary>
/// Receives what happens in sessions: starts, ends, turns, final transcripts, function calls, usage and limits. Register any number as singletons. An observer
/// never delays a session: events wait in a bounded queue (<see cref="LiveEventOptions.QueueLength"/>), and what does not fit is counted in
/// <c>parley.events.dropped</c>. Events of one session come one at a time and in order, those of different sessions at the same time. With none registered, and
/// no webhook, nothing is recorded.
/// </summary>
public interface ILiveSessionEvents
{
    /// <summary>Handles an event. An exception is logged, and the event counted as dropped; it is not repeated.</summary>
    /// <param name="sessionEvent">The event: one of the records derived from <see cref="LiveSessionEvent"/>. Later versions may add further ones.</param>
    /// <param name="cancellationToken">Cancelled when the server has stopped and <see cref="LiveEventOptions.DrainTime"/> is over.</param>
    ValueTask OnEventAsync(LiveSessionEvent sessionEvent, CancellationToken cancellationToken);
}
