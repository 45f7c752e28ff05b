namespace Parley.Speech.TurnTaking.SmartTurn;

/// <summary>
/// The turns of one session for a shared network. In each pause, after 160 ms, the audio of the turn is rated once, at most its last eight
/// seconds; until the result is there the probability is unknown. Speech that goes on makes a result void. Keeps the audio of eight seconds
/// from the first turn on: 256 KB.
/// </summary>
internal sealed class SmartTurnDetector(SmartTurnDetectors owner) : ITurnDetector
{
    private static readonly TimeSpan RatedAfter = TimeSpan.FromMilliseconds(160);

    // Detectors notice speech late: the audio before it belongs to the turn.
    private const int PreRoll = 4_800;

    private readonly Lock _gate = new();
    private short[] _ring = new short[PreRoll];
    private long _end;
    private long _turnFrom;
    private long _pause;
    private long _ratedPause = -1;
    private float _probability = float.NaN;
    private Exception? _failure;
    private bool _isWaiting;
    private bool _isPausing;
    private bool _isDisposed;

    /// <inheritdoc/>
    public void BeginTurn()
    {
        lock (_gate)
        {
            _turnFrom = Math.Max(0, _end - PreRoll);
            if (_ring.Length < LogMelSpectrogram.Samples)
            {
                var ring = new short[LogMelSpectrogram.Samples];
                for (var at = Math.Max(0, _end - _ring.Length); at < _end; at++)
                    ring[at % ring.Length] = _ring[at % _ring.Length];
                _ring = ring;
            }
            GoOn();
        }
    }

    /// <inheritdoc/>
    public void Process(ReadOnlySpan<short> samples, float speech)
    {
        lock (_gate)
        {
            while (!samples.IsEmpty)
            {
                var at = (int)(_end % _ring.Length);
                var count = Math.Min(samples.Length, _ring.Length - at);
                samples[..count].CopyTo(_ring.AsSpan(at));
                samples = samples[count..];
                _end += count;
            }
        }
    }

    /// <inheritdoc/>
    public float GetEndProbability(in TurnState state)
    {
        lock (_gate)
        {
            if (_failure is { } failure)
                throw new SpeechEngineException($"The turn detection model failed: {failure.Message}", failure);
            if (state.Silence < RatedAfter)
            {
                GoOn();
                return float.NaN;
            }
            if (!_isPausing)
            {
                _isPausing = true;
                if (!_isWaiting)
                    owner.Queue(this);
                _isWaiting = true;
            }
            return _ratedPause == _pause ? _probability : float.NaN;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
            (_isDisposed, _ring) = (true, []);
    }

    /// <summary>Copies the audio of the turn; returns 0 if there is nothing to rate any more.</summary>
    internal int Take(Span<short> samples, out long pause)
    {
        lock (_gate)
        {
            _isWaiting = false;
            pause = _pause;
            if (_isDisposed || !_isPausing)
                return 0;
            var from = Math.Max(_turnFrom, _end - Math.Min(samples.Length, _ring.Length));
            for (var at = from; at < _end;)
            {
                var start = (int)(at % _ring.Length);
                var count = (int)Math.Min(_end - at, _ring.Length - start);
                _ring.AsSpan(start, count).CopyTo(samples[(int)(at - from)..]);
                at += count;
            }
            return (int)(_end - from);
        }
    }

    /// <summary>The network has rated a pause, or failed.</summary>
    internal void Rated(long pause, float probability, Exception? failure)
    {
        lock (_gate)
            (_ratedPause, _probability, _failure) = (pause, probability, failure);
    }

    private void GoOn()
    {
        if (_isPausing)
            _pause++;
        _isPausing = false;
    }
}
