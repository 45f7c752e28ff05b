using Parley.Client.Telemetry;
using Parley.Protocol;

namespace Parley.Client;

/// <summary>What became of an interruption.</summary>
public enum InterruptResult
{
    /// <summary>No turn of the model was open; only playback was cut.</summary>
    NothingToInterrupt,

    /// <summary>The server has said that the turn is over.</summary>
    Acknowledged,

    /// <summary>The server was told and said nothing within <see cref="LiveClientOptions.InterruptTimeout"/>. What it still says of the turn is dropped.</summary>
    TimedOut,

    /// <summary>This model cannot be told (3.1 with automatic detection): it goes on, and what it still says of the turn is dropped.</summary>
    LocalOnly,
}

// Interrupting.
public sealed partial class LiveSession
{
    private static readonly LiveSessionRequest StopTalking = new() { ClientContent = new ClientContent { TurnComplete = false } };

    /// <summary>
    /// Playback must stop now: what is queued belongs to a turn that was cut by <see cref="InterruptAsync"/>. Raised on the thread that called
    /// it, before the server is told. Interruptions by the server come as <see cref="InterruptedUpdate"/> alone.
    /// </summary>
    public event EventHandler? Interrupting;

    /// <summary>
    /// Stops the model, in every activity mode (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#64-interruption-barge-in">protocol 6.4</see> to <see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#66-manual-activity-detection">protocol 6.6</see>). First here: <see cref="Interrupting"/> is raised, updates of
    /// the turn that wait to be read are dropped, and an <see cref="InterruptedUpdate"/> is delivered. Then the server is told, in the way
    /// that the model takes: an empty client content, which is an end to every answer; or, where the model takes none in mid-session and
    /// activity is marked by hand, an empty activity. Then its word is awaited. What is left of the turn is dropped in any case.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait; the turn stays cut.</param>
    /// <exception cref="LiveSessionException">The session has ended.</exception>
    public async Task<InterruptResult> InterruptAsync(CancellationToken cancellationToken = default)
    {
        var over = _state.Silence(out var turn);
        Interrupting?.Invoke(this, EventArgs.Empty);
        // Not awaited: the caller may be the one who reads.
        _pump.Tell(new InterruptedUpdate { Turn = turn });
        var result = over is null ? InterruptResult.NothingToInterrupt : await StopAsync(over, cancellationToken).ConfigureAwait(false);
        Log.Interrupted(_logger, result);
        return result;
    }

    private async Task<InterruptResult> StopAsync(Task over, CancellationToken cancellationToken)
    {
        if (_profile.ClientContent == ClientContentUse.Anytime)
        {
            await _output.SendAsync(StopTalking, cancellationToken).ConfigureAwait(false);
            return await WaitAsync(over, cancellationToken).ConfigureAwait(false);
        }
        if (!_wire.MarksInterrupt)
            return InterruptResult.LocalOnly;
        // An activity that is open has interrupted already.
        if (_state.IsActivityOpen)
            return await WaitAsync(over, cancellationToken).ConfigureAwait(false);
        await _output.SendMarkAsync(ActivityStart, cancellationToken).ConfigureAwait(false);
        try
        {
            return await WaitAsync(over, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await _output.SendMarkAsync(ActivityEnd, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task<InterruptResult> WaitAsync(Task over, CancellationToken cancellationToken)
    {
        try
        {
            await over.WaitAsync(_options.InterruptTimeout, _options.TimeProvider, cancellationToken).ConfigureAwait(false);
            return InterruptResult.Acknowledged;
        }
        catch (TimeoutException)
        {
            return InterruptResult.TimedOut;
        }
    }
}
