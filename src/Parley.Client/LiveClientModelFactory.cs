using System.Net;
using System.Text;
using Parley.Client.Ending;
using Parley.Client.Receiving;
using Parley.Protocol;

namespace Parley.Client;

/// <summary>
/// Creates values that otherwise only the library creates, for tests that replace <see cref="LiveClient"/> or <see cref="LiveSession"/>.
/// All other updates and results have public constructors: <c>new AudioUpdate(pcm, 24_000)</c>, <c>new SessionEnd(EndCause.Completed, 1000,
/// "")</c>.
/// </summary>
public static class LiveClientModelFactory
{
    /// <summary>The updates that a server message becomes, in the order in which a session delivers them.</summary>
    /// <param name="message">The message.</param>
    /// <param name="turn">Number of the turn they belong to; default 1.</param>
    public static IReadOnlyList<LiveUpdate> Updates(LiveSessionResponse message, long turn = 1)
    {
        ArgumentNullException.ThrowIfNull(message);
        var updates = new List<LiveUpdate>();
        new UpdateReader().Read(message, updates);
        updates.ForEach(update => update.Turn = turn);
        return updates;
    }

    /// <summary>The updates that a server message becomes, in the order in which a session delivers them.</summary>
    /// <param name="json">
    /// The message as on the wire; one that is not a JSON object becomes an <see cref="UnreadableMessageUpdate"/>.
    /// </param>
    /// <param name="turn">Number of the turn they belong to; default 1.</param>
    public static IReadOnlyList<LiveUpdate> Updates(string json, long turn = 1)
    {
        ArgumentNullException.ThrowIfNull(json);
        var updates = new List<LiveUpdate>();
        new UpdateReader().Read(Encoding.UTF8.GetBytes(json), updates);
        updates.ForEach(update => update.Turn = turn);
        return updates;
    }

    /// <summary>Sets the turn of an update (<see cref="LiveUpdate.Turn"/>), which is 0 for a new one.</summary>
    /// <typeparam name="TUpdate">Type of the update.</typeparam>
    /// <param name="update">The update; it is changed.</param>
    /// <param name="turn">Number of the turn, from 1.</param>
    /// <returns>The same update.</returns>
    public static TUpdate InTurn<TUpdate>(TUpdate update, long turn)
        where TUpdate : LiveUpdate
    {
        ArgumentNullException.ThrowIfNull(update);
        update.Turn = turn;
        return update;
    }

    /// <summary>The exception of <see cref="LiveClient.ConnectAsync"/>.</summary>
    /// <param name="cause">Why no session could be opened.</param>
    /// <param name="advice">What may help; default nothing.</param>
    /// <param name="statusCode">HTTP status of a refused upgrade.</param>
    /// <param name="closeCode">Close code before <c>setupComplete</c>.</param>
    /// <param name="reason">Text of the server.</param>
    public static LiveConnectException ConnectException(
        EndCause cause, RetryAdvice advice = RetryAdvice.No, HttpStatusCode? statusCode = null, int? closeCode = null, string? reason = null) =>
        new("The session could not be opened", new CloseCause(cause, advice), statusCode, closeCode, reason);

    /// <summary>The exception of a verb of a session that has ended, and of <see cref="SessionEnd.ThrowIfAbnormal"/>.</summary>
    /// <param name="end">How the session ended.</param>
    public static LiveSessionException SessionException(SessionEnd end)
    {
        ArgumentNullException.ThrowIfNull(end);
        return new LiveSessionException(end);
    }

    /// <summary>The exception of a setup or message that would be refused.</summary>
    /// <param name="findings">What would be refused; at least one.</param>
    public static LivePreflightException PreflightException(params IReadOnlyList<PreflightFinding> findings)
    {
        ArgumentNullException.ThrowIfNull(findings);
        ArgumentOutOfRangeException.ThrowIfZero(findings.Count);
        return new LivePreflightException(findings);
    }

    /// <summary>The exception of <see cref="LiveClient.ListModelsAsync"/> and <see cref="LiveClient.CreateTokenAsync"/>.</summary>
    /// <param name="cause">Why the request failed.</param>
    /// <param name="advice">What may help; default nothing.</param>
    /// <param name="statusCode">HTTP status of the answer.</param>
    /// <param name="reason">Text of the server.</param>
    public static LiveRequestException RequestException(
        EndCause cause, RetryAdvice advice = RetryAdvice.No, HttpStatusCode? statusCode = null, string? reason = null) =>
        new("The request failed", new CloseCause(cause, advice), statusCode, reason);
}
