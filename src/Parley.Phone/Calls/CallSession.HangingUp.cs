using System.Threading.Channels;

namespace Parley.Phone.Calls;

/// <summary>
/// The model ends the call: what it says before and after it calls <c>hang_up</c> is played first. Some models end the turn with the call and say goodbye in
/// the next one, so the end of a turn is followed by a pause in which more may come, unless the session knows that nothing does.
/// </summary>
internal sealed partial class CallSession
{
    /// <summary>A model that neither says goodbye nor ends its turn does not keep the line.</summary>
    private static readonly TimeSpan GoodbyeTimeout = TimeSpan.FromSeconds(15);

    /// <summary>For carriers that do not return marks.</summary>
    private static readonly TimeSpan MarkGrace = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan PauseAfterTurn = TimeSpan.FromSeconds(1.5);

    // Whether the session knows that nothing follows the turn that ended.
    private readonly Channel<bool> _turnEnds = Channel.CreateBounded<bool>(new BoundedChannelOptions(4) { FullMode = BoundedChannelFullMode.DropOldest });
    private Goodbye? _goodbye;

    // Raised by an interruption, which takes the request back.
    private int _hangUp;

    private void AskToHangUp()
    {
        while (_turnEnds.Reader.TryRead(out _))
        {
        }
        _ = HangUpAfterGoodbyeAsync(Volatile.Read(ref _hangUp));
    }

    private async Task HangUpAfterGoodbyeAsync(int request)
    {
        try
        {
            while (await WaitForTurnEndAsync().ConfigureAwait(false) is { } isIdle)
            {
                var end = _outbound.Received;
                await WaitUntilHeardAsync(end).ConfigureAwait(false);
                if (!isIdle)
                    await Task.Delay(PauseAfterTurn, _services.Time, _ended.Token).ConfigureAwait(false);
                if (_outbound.Received == end)
                    break;
            }
            if (Volatile.Read(ref _hangUp) == request)
                End(PhoneCallEndReason.Model, 1000, "The model ended the call");
        }
        catch (OperationCanceledException)
        {
            // The call has ended meanwhile.
        }
    }

    private async ValueTask<bool?> WaitForTurnEndAsync()
    {
        try
        {
            return await _turnEnds.Reader.ReadAsync(_ended.Token).AsTask().WaitAsync(GoodbyeTimeout, _services.Time, _ended.Token).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private async Task WaitUntilHeardAsync(TimeSpan end)
    {
        var goodbye = new Goodbye(end, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        TimeSpan left;
        using (await _socket.EnterAsync(_ended.Token).ConfigureAwait(false))
        {
            Volatile.Write(ref _goodbye, goodbye);
            left = _outbound.Queued + (_playsUntil > Now ? _playsUntil - Now : TimeSpan.Zero);
            if (_marks.IsEmpty && _outbound.IsEmpty)
                return;
        }
        try
        {
            await goodbye.Played.Task.WaitAsync(left + MarkGrace, _services.Time, _ended.Token).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The carrier returns no marks; the audio is played by now.
        }
    }

    private sealed record Goodbye(TimeSpan End, TaskCompletionSource Played);
}
