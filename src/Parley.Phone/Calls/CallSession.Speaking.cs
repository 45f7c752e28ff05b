using System.Net.WebSockets;
using Parley.Client;
using Parley.Phone.Audio;

namespace Parley.Phone.Calls;

/// <summary>From the model to the carrier.</summary>
internal sealed partial class CallSession
{
    private readonly SemaphoreSlim _audioArrived = new(0);
    private byte[] _frame = [];
    private SessionEnd? _sessionEnd;
    private TimeSpan _playsUntil, _sinceMark;
    private bool _sentSinceClear, _isAnswering;

    private async Task ReadUpdatesAsync()
    {
        try
        {
            await foreach (var update in _session!.ReadAllAsync(_outbound, _ended.Token).ConfigureAwait(false))
            {
                switch (update)
                {
                    case InterruptedUpdate:
                        await InterruptAsync().ConfigureAwait(false);
                        break;
                    case GenerationCompleteUpdate:
                        _outbound.Flush();
                        break;
                    case TurnCompleteUpdate turn:
                        _outbound.Flush();
                        _turnEnds.Writer.TryWrite(turn.IsIdle);
                        break;
                    case IdleUpdate:
                        _turnEnds.Writer.TryWrite(true);
                        break;
                    case ReconnectedUpdate:
                        _marks.Clear();
                        _outbound.Restart();
                        break;
                    case SessionEndedUpdate { End: var end }:
                        _sessionEnd = end;
                        End(PhoneCallEndReason.Session, end.IsNormal ? 1000 : 1011, "The session with the model ended");
                        break;
                }
                _events!.Updated(update);
            }
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
        }
#pragma warning disable CA1031 // The edge of the task: logged once, and the call ends.
        catch (Exception e)
        {
            Fail(e);
        }
#pragma warning restore CA1031
    }

    /// <summary>Makes caller and carrier silent. The queue is emptied while nothing else is sent, so no frame follows the clear.</summary>
    private async ValueTask InterruptAsync()
    {
        using var turn = await _socket.EnterAsync(_ended.Token).ConfigureAwait(false);
        _outbound.Clear();
        _marks.Clear();
        (_playsUntil, _sinceMark, _isAnswering) = (Now, TimeSpan.Zero, false);
        // The caller wants to say something more.
        Interlocked.Increment(ref _hangUp);
        if (!_sentSinceClear)
            return;
        _sentSinceClear = false;
        _services.Metrics.Interrupted(_carrier);
        await turn.SendAsync(_writer.Clear()).ConfigureAwait(false);
    }

    private void AudioArrived()
    {
        if (_audioArrived.CurrentCount == 0)
            _audioArrived.Release();
    }

    private async Task PlayAsync()
    {
        try
        {
            while (true)
            {
                if (!_outbound.HasFrame)
                {
                    await _audioArrived.WaitAsync(_ended.Token).ConfigureAwait(false);
                    continue;
                }
                var wait = _playsUntil + PhoneFormat.FrameLength - Options.Lead - Now;
                if (wait > TimeSpan.Zero)
                    await Task.Delay(wait, _services.Time, _ended.Token).ConfigureAwait(false);
                else
                    await PlayFrameAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            End(PhoneCallEndReason.Lost, 1006, "The connection to the carrier broke");
        }
    }

    private async ValueTask PlayFrameAsync()
    {
        using var turn = await _socket.EnterAsync(_ended.Token).ConfigureAwait(false);
        if (!_outbound.TryTake(_frame, out var position))
            return;
        var now = Now;
        if (!_isAnswering)
            AnswerBegins();
        _playsUntil = (_playsUntil > now ? _playsUntil : now) + PhoneFormat.FrameLength;
        _sinceMark += PhoneFormat.FrameLength;
        _sentSinceClear = true;
        await turn.SendAsync(_writer.Media(_frame)).ConfigureAwait(false);
        var isLast = _outbound.IsEmpty;
        if (isLast)
            _isAnswering = false;
        if (_sinceMark < Options.MarkInterval && !isLast)
            return;
        _sinceMark = TimeSpan.Zero;
        await turn.SendAsync(_writer.Mark(_marks.Add(position))).ConfigureAwait(false);
    }

    private void AnswerBegins()
    {
        _isAnswering = true;
        var loud = Interlocked.Exchange(ref _lastLoud, 0);
        if (loud != 0)
            _services.Metrics.Answered(_carrier, _services.Time.GetElapsedTime(loud));
    }

    /// <summary>The carrier has played everything up to a mark.</summary>
    private void Played(string? mark)
    {
        if (_marks.Reached(mark) is not { } position)
            return;
        _handler!.ReportPlayed(position);
        if (Volatile.Read(ref _goodbye) is { } goodbye && position >= goodbye.End)
            goodbye.Played.TrySetResult();
    }
}
