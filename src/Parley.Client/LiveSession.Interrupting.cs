using Parley.Client.Telemetry;
using Parley.Protocol;

namespace Parley.Client;

/// <summary>What happened to an interruption.</summary>
public enum InterruptResult
{
    /// <summary>The model was not in a turn; only playback was stopped.</summary>
    NothingToInterrupt,

    /// <summary>The server reported that the turn is over.</summary>
    Acknowledged,

    /// <summary>
    /// The server was asked to stop and did not answer within <see cref="LiveClientOptions.InterruptTimeout"/>. The rest of the turn is
    /// dropped.
    /// </summary>
    TimedOut,

    /// <summary>
    /// This model offers no way to stop it (3.1 with automatic detection): it continues, and the rest of the turn is dropped.
    /// </summary>
    LocalOnly,
}

// Interrupting.
public partial class LiveSession
{
    private static readonly LiveSessionRequest StopTurn = new() { ClientContent = new ClientContent { TurnComplete = false } };

    /// <summary>
    /// Playback must stop now: what is queued belongs to a turn that <see cref="InterruptAsync"/> has cut. Raised on the thread that called
    /// it, before the server is asked to stop. An interruption by the server comes as an <see cref="InterruptedUpdate"/> alone.
    /// </summary>
    public event EventHandler? Interrupting;

    /// <summary>
    /// Stops the model, in every activity mode (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#64-interruption-barge-in">protocol 6.4</see> to <see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#66-manual-activity-detection">protocol 6.6</see>). First, locally: <see cref="Interrupting"/> is raised, unread
    /// updates of the turn are dropped, and an <see cref="InterruptedUpdate"/> is delivered. Then the server is asked to stop, by what the
    /// model accepts: an empty client content, or, if the model takes none in mid-session and detection is manual, an empty activity. Then
    /// it waits for the server's answer. The rest of the turn is dropped in any case.
    /// </summary>
    /// <param name="cancellationToken">Cancels the wait; the turn stays cut.</param>
    /// <exception cref="LiveSessionException">The session has ended.</exception>
    public virtual async Task<InterruptResult> InterruptAsync(CancellationToken cancellationToken = default)
    {
        var turnOver = Parts.State.Silence(out var turn);
        OnInterrupting();
        // Not awaited: the caller may be the reader.
        Parts.Updates.Post(new InterruptedUpdate { Turn = turn });
        var result = turnOver is null ? InterruptResult.NothingToInterrupt : await StopAsync(turnOver, cancellationToken).ConfigureAwait(false);
        Log.Interrupted(Parts.Logger, result);
        return result;
    }

    /// <summary>Raises <see cref="Interrupting"/>.</summary>
    protected virtual void OnInterrupting() => Interrupting?.Invoke(this, EventArgs.Empty);

    private async Task<InterruptResult> StopAsync(Task turnOver, CancellationToken cancellationToken)
    {
        var output = Parts.Output;
        if (Parts.Profile.ClientContent == ClientContentRule.Anytime)
        {
            await output.SendAsync(StopTurn, cancellationToken).ConfigureAwait(false);
            return await WaitAsync(turnOver, cancellationToken).ConfigureAwait(false);
        }
        if (!Parts.Wire.ActivityInterrupts)
            return InterruptResult.LocalOnly;
        // An open activity has interrupted the model already.
        if (Parts.State.IsActivityOpen)
            return await WaitAsync(turnOver, cancellationToken).ConfigureAwait(false);
        await output.SendMarkAsync(ActivityStart, cancellationToken).ConfigureAwait(false);
        try
        {
            return await WaitAsync(turnOver, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await output.SendMarkAsync(ActivityEnd, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task<InterruptResult> WaitAsync(Task turnOver, CancellationToken cancellationToken)
    {
        try
        {
            await turnOver.WaitAsync(Parts.Options.InterruptTimeout, Parts.Options.TimeProvider, cancellationToken).ConfigureAwait(false);
            return InterruptResult.Acknowledged;
        }
        catch (TimeoutException)
        {
            return InterruptResult.TimedOut;
        }
    }
}
