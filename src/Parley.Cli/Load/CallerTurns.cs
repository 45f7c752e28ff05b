namespace Parley.Cli.Load;

/// <summary>
/// What one caller sends in each frame, and what it measures of the answers:
/// asking -> listening -> pausing -> asking. The pause begins when a loudspeaker would have played the answer. A talking caller sends its microphone in all of them. Knows no socket.
/// </summary>
internal sealed class CallerTurns(LoadScript script, bool talks, LoadOptions options, LoadStatistics statistics, TimeProvider time)
{
    private const int Base64BytesPerMs = 64; // 24 kHz, two bytes a sample, four characters for three bytes

    private readonly Lock _gate = new();
    private State _state = State.Asking;
    private int _position;
    private long _asked;
    private bool _isAnswered;
    private bool _isAudioLast;
    private long _playedFrom;
    private TimeSpan _played;

    private enum State
    {
        Asking,
        Listening,
        Pausing,
    }

    /// <summary>The frame that is due now; null if the caller sends nothing.</summary>
    internal byte[]? Next()
    {
        lock (_gate)
        {
            if (_state == State.Listening && !_isAnswered && time.GetElapsedTime(_asked) >= options.AnswerTimeout)
            {
                statistics.CountUnanswered();
                (_state, _position) = (State.Asking, 0);
            }
            else if (_state == State.Pausing && time.GetElapsedTime(_playedFrom) >= _played + options.Pause)
            {
                (_state, _position) = (State.Asking, 0);
            }
            if (_state != State.Asking)
                return talks ? script.Silence : null;
            if (talks && _position < script.Speech.Length - 1)
                return script.Speech[_position++];
            (_state, _asked, _isAnswered, _isAudioLast) = (State.Listening, time.GetTimestamp(), false, false);
            statistics.CountAsked();
            return talks ? script.Speech[^1] : script.Story;
        }
    }

    /// <summary>A message of the server arrived.</summary>
    internal void Received(in LoadMessage message)
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            if (message.IsContinuation)
            {
                if (_isAudioLast)
                    Play(message.Length, now);
                return;
            }
            var kind = message.Kind;
            _isAudioLast = kind == LoadMessageKind.Audio;
            switch (kind)
            {
                // Audio outside a turn belongs to an earlier one, or to none that the caller asked for.
                case LoadMessageKind.Audio when _state == State.Listening:
                    if (!_isAnswered)
                    {
                        statistics.CountAnswered(time.GetElapsedTime(_asked, now));
                        (_isAnswered, _playedFrom, _played) = (true, now, TimeSpan.Zero);
                    }
                    Play(message.AudioBase64Bytes, now);
                    break;
                case LoadMessageKind.Interrupted:
                    statistics.CountInterrupted();
                    break;
                case LoadMessageKind.GoAway:
                    statistics.CountGoAway();
                    break;
                case LoadMessageKind.TurnComplete when _state == State.Listening && _isAnswered:
                    // Servers send ahead of the loudspeaker; the pause begins when all of it has been played.
                    _played = TimeSpan.FromTicks(Math.Max(_played.Ticks, time.GetElapsedTime(_playedFrom, now).Ticks));
                    _state = State.Pausing;
                    break;
                default:
                    break;
            }
        }
    }

    // A loudspeaker plays without a break as long as the next audio arrives before the last has been played.
    private void Play(long base64Bytes, long now)
    {
        var elapsed = time.GetElapsedTime(_playedFrom, now);
        if (elapsed > _played && _played > TimeSpan.Zero)
        {
            statistics.Gaps.Record(elapsed - _played);
            _played = elapsed;
        }
        _played += TimeSpan.FromMilliseconds((double)base64Bytes / Base64BytesPerMs);
    }
}
