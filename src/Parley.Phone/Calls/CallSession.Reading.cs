using System.Net.WebSockets;
using Parley.Client;
using Parley.Phone.Carriers;
using Parley.Protocol;

namespace Parley.Phone.Calls;

/// <summary>From the carrier to the model.</summary>
internal sealed partial class CallSession
{
    private long _frames;
    private long _lastLoud;
    private bool _isClosed;

    private async Task<StreamStart?> ReadStartAsync()
    {
        for (var i = 0; i < MaxEarlyMessages; i++)
        {
            if (!await ReceiveAsync().ConfigureAwait(false))
                return null;
            if (_message.Event == StreamEvent.Start)
                return _message.Start ?? new StreamStart();
            if (_message.Event == StreamEvent.Stop)
            {
                End(PhoneCallEndReason.Caller, 1000, "");
                return null;
            }
        }
        End(PhoneCallEndReason.Protocol, 1008, "The first message must be start");
        return null;
    }

    private async Task ReadAsync()
    {
        while (await ReceiveAsync().ConfigureAwait(false))
        {
            switch (_message.Event)
            {
                case StreamEvent.Media:
                    await HearAsync().ConfigureAwait(false);
                    break;
                case StreamEvent.Mark:
                    Played(_message.Mark);
                    break;
                case StreamEvent.Dtmf:
                    Press(_message.Digit);
                    break;
                case StreamEvent.Stop:
                    End(PhoneCallEndReason.Caller, 1000, "");
                    break;
                case StreamEvent.Start:
                    End(PhoneCallEndReason.Protocol, 1008, "A second start message");
                    break;
                case StreamEvent.Error:
                    Log.CarrierError(_services.Logger, _id, LogText.Clean(_message.Error));
                    break;
            }
        }
    }

    /// <summary>Reads the next message; false if the stream or the call has ended.</summary>
    private async ValueTask<bool> ReceiveAsync()
    {
        using var received = await _socket.ReceiveAsync().ConfigureAwait(false);
        if (_ending.Task.IsCompleted || received.Type == WebSocketMessageType.Close)
        {
            _isClosed = received.Type == WebSocketMessageType.Close;
            return false;
        }
        var problem = received.Type == WebSocketMessageType.Binary ? "Messages must be text" : CarrierReader.Read(received.Payload, _message);
        if (received.Refusal is { } refusal)
            End(PhoneCallEndReason.Protocol, refusal.Code, refusal.Reason);
        else if (problem is not null)
            End(PhoneCallEndReason.Protocol, 1007, problem);
        else
            return true;
        return false;
    }

    private async ValueTask HearAsync()
    {
        if (_message.IsOutbound)
            return;
        if (_message.Audio is not { } audio)
        {
            End(PhoneCallEndReason.Protocol, 1007, "Audio must be base64");
            return;
        }
        _frames++;
        Volatile.Write(ref _lastMedia, _services.Time.GetTimestamp());
        var pcm = _inbound.Accept(_message.Chunk, _message.Time, audio.Span);
        if (_inbound.IsLoud)
            Volatile.Write(ref _lastLoud, _services.Time.GetTimestamp());
        if (pcm.IsEmpty)
            return;
        try
        {
            await _session!.SendAudioAsync(pcm, AudioFormat.InputRateHz, _ended.Token).ConfigureAwait(false);
        }
        catch (LiveSessionException)
        {
            // The reader of the updates ends the call, with the reason.
        }
    }

    private void Press(string? key)
    {
        if (key is not { Length: 1 } || char.ToUpperInvariant(key[0]) is var digit && digit is not ((>= '0' and <= '9') or '*' or '#' or (>= 'A' and <= 'D')))
            return;
        _services.Metrics.Pressed(_carrier);
        _events!.Pressed(digit);
        if (Options.DigitsToModel)
            _digits!.Add(digit);
    }

    // Called by a timer or by the reader; text is short, so that it waits only if the session does.
    private void SendDigits(string row) => _ = SendTextAsync($"[The caller pressed: {string.Join(' ', row.AsEnumerable())}]");

    private async Task SendTextAsync(string text)
    {
        try
        {
            await _session!.SendTextAsync(text, _ended.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is LiveSessionException or OperationCanceledException)
        {
            // The call is over.
        }
    }
}
