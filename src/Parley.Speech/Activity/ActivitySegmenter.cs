namespace Parley.Speech.Activity;

/// <summary>
/// Finds the activities in a stream of 16 kHz mono PCM16. Time is counted in samples only, so the same audio gives the
/// same result at any speed and in any chunks. Keeps one window of audio at most: a caller that needs an activity from its
/// start keeps the last <see cref="MaxLookBackSamples"/>. Calls do not allocate. Not thread-safe.
/// </summary>
/// <remarks>
/// Idle: windows at or above the start threshold form a candidate; gaps of up to 64 ms do not end it. The activity starts when the
/// candidate holds enough speech, or, with <see cref="StartsByEvidence"/>, when the probabilities leave no doubt. Active: windows below the end threshold are silence; enough silence ends the activity, exact to the
/// sample. Detectors report speech for a while after it ended, so silence counts from where the level itself fell
/// (<see cref="SpeechLevel"/>).
/// <code>
/// while (segmenter.Advance(ref samples, out var transition))
///     Handle(transition);
/// </code>
/// </remarks>
internal sealed class ActivitySegmenter : IDisposable
{
    private static readonly TimeSpan MaxGap = TimeSpan.FromMilliseconds(64);
    private static readonly TimeSpan HighStartSpeech = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan LowStartSpeech = TimeSpan.FromMilliseconds(180);
    private static readonly TimeSpan HighEndResume = TimeSpan.FromMilliseconds(40);

    private readonly IVoiceActivityDetector _detector;
    private readonly short[] _window;
    private readonly float _startThreshold;
    private readonly float _endThreshold;
    private readonly long _prefix;
    private readonly long _startSpeech;
    private readonly long _resume;
    private readonly long _maxGap;

    private long _silence;
    private SpeechLevel _level;
    private int _filled;
    private long _earliestStart;
    private Candidate _candidate;
    private StartEvidence _evidence;
    private Current _current;

    /// <summary>Starts a stream.</summary>
    /// <param name="detector">Rates the windows; owned by the segmenter from now on.</param>
    /// <param name="settings">What counts as start and end; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A duration in <paramref name="settings"/> is negative.</exception>
    public ActivitySegmenter(IVoiceActivityDetector detector, ActivitySettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(detector);
        settings ??= new ActivitySettings();
        var (lowStart, lowEnd) = (settings.StartSensitivity == ActivitySensitivity.Low, settings.EndSensitivity == ActivitySensitivity.Low);

        _detector = detector;
        _window = new short[detector.WindowSamples];
        _startThreshold = lowStart ? 0.75f : 0.5f;
        _endThreshold = lowEnd ? 0.15f : 0.35f;
        _prefix = PcmFormat.Hz16000.SamplesIn(settings.PrefixPadding);
        _startSpeech = Math.Max(_prefix, PcmFormat.Hz16000.SamplesIn(lowStart ? LowStartSpeech : HighStartSpeech));
        _silence = PcmFormat.Hz16000.SamplesIn(settings.SilenceDuration);
        _resume = lowEnd ? 0 : PcmFormat.Hz16000.SamplesIn(HighEndResume);
        _maxGap = PcmFormat.Hz16000.SamplesIn(MaxGap);
    }

    /// <summary>Samples processed so far.</summary>
    public long Position { get; private set; }

    /// <summary>Probability of speech in the newest window.</summary>
    public float SpeechProbability { get; private set; }

    /// <summary>Whether an activity is open.</summary>
    public bool IsActive => _current.IsOpen;

    /// <summary>
    /// One past the last sample with speech of the open activity; 0 if none is open. Less than <see cref="Position"/> during a pause.
    /// </summary>
    public long SpeechEnd => _current.SpeechEnd;

    /// <summary>Silence since the last speech of the open activity; zero while there is speech.</summary>
    public TimeSpan Pause => _current.Silence > 0 ? PcmFormat.Hz16000.DurationOf(Position - _current.SpeechEnd) : TimeSpan.Zero;

    /// <summary>
    /// Whether an activity may start before it has lasted as long as the settings require, if the detector is certain
    /// (<see cref="StartEvidence"/>). For a barge-in, where every moment counts, with a detector whose probabilities are known to mean it.
    /// </summary>
    public bool StartsByEvidence { get; set; }

    /// <summary>
    /// The silence that ends an activity; initially <see cref="ActivitySettings.SilenceDuration"/>. May be changed at any time, also during
    /// a silence: the activity then ends at the sample at which the new duration is reached, or at the next sample.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public TimeSpan SilenceDuration
    {
        get => PcmFormat.Hz16000.DurationOf(_silence);
        set => _silence = PcmFormat.Hz16000.SamplesIn(value);
    }

    /// <summary>
    /// The most samples by which <see cref="ActivityTransition.Sample"/> of a start can precede <see cref="Position"/>: the
    /// prefix plus the longest candidate with all its gaps.
    /// </summary>
    public long MaxLookBackSamples
    {
        get
        {
            var window = _window.Length;
            var speechWindows = Math.Max(1, (_startSpeech + window - 1) / window);
            return _prefix + (speechWindows * (1 + (_maxGap / window)) * window);
        }
    }

    /// <summary>
    /// Processes samples up to the next transition, or all of them. Call it again with the rest while it returns true.
    /// </summary>
    /// <param name="samples">Samples at 16 kHz, any number; processed samples are removed from its front.</param>
    /// <param name="transition">The transition, whose <see cref="ActivityTransition.DetectedAtSample"/> is the present position.</param>
    /// <returns>Whether there was a transition; if not, all samples were taken.</returns>
    public bool Advance(ref ReadOnlySpan<short> samples, out ActivityTransition transition)
    {
        while (!samples.IsEmpty)
        {
            var take = Math.Min(samples.Length, _window.Length - _filled);
            if (IsSilenceOverWithin(take, out var left))
            {
                samples[..left].CopyTo(_window.AsSpan(_filled));
                samples = samples[left..];
                _filled += left;
                Position += left;
                End(_current.SpeechEnd, out transition);
                return true;
            }
            var chunk = samples[..take];
            samples = samples[take..];
            Position += take;

            // A whole window in one chunk is processed in place.
            if (take < _window.Length)
            {
                chunk.CopyTo(_window.AsSpan(_filled));
                _filled += take;
                if (_filled < _window.Length)
                    break;
                chunk = _window;
            }
            _filled = 0;

            var probability = SpeechProbability = _detector.Process(chunk);
            var wasOpen = _current.IsOpen;
            if (wasOpen)
                _level.Heard(chunk, Position);
            if (wasOpen ? Listen(probability, out transition) : Wait(probability, chunk, out transition))
            {
                if (!wasOpen)
                    _level.Begin(chunk, Position);
                return true;
            }
        }
        transition = default;
        return false;
    }

    /// <summary>
    /// Marks a pause in the stream: ends an open activity at once and drops a candidate. The stream may continue;
    /// positions keep counting.
    /// </summary>
    /// <param name="transition">The end of the activity that was open.</param>
    /// <returns>Whether one was open.</returns>
    public bool Flush(out ActivityTransition transition)
    {
        _filled = 0;
        _candidate = default;
        _evidence = default;
        if (_current.IsOpen)
        {
            // Audio that has not filled a window yet belongs to the speech before it.
            End(_current.Silence == 0 ? Position : _current.SpeechEnd, out transition);
            return true;
        }
        transition = default;
        return false;
    }

    /// <summary>Disposes the detector.</summary>
    public void Dispose() => _detector.Dispose();

    private bool Wait(float probability, ReadOnlySpan<short> window, out ActivityTransition transition)
    {
        transition = default;
        var isCertain = StartsByEvidence && _evidence.Add(probability, window, Position);
        if (probability < _startThreshold)
        {
            _candidate.Gap += _window.Length;
            if (_candidate.Gap > _maxGap)
                _candidate = default;
        }
        else
        {
            if (_candidate.Speech == 0)
                _candidate.Start = Position - _window.Length;
            _candidate.Gap = 0;
            _candidate.Speech += _window.Length;
        }
        if (_candidate.Speech < _startSpeech && !isCertain)
            return false;

        var first = _candidate.Speech >= _startSpeech ? _candidate.Start : _evidence.Start;
        var start = Math.Max(Math.Max(first - _prefix, _earliestStart), Position - MaxLookBackSamples);
        transition = new(ActivityTransitionKind.Started, start, Position);
        _candidate = default;
        _evidence = default;
        _current = new Current { IsOpen = true, SpeechEnd = Position };
        return true;
    }

    private bool Listen(float probability, out ActivityTransition transition)
    {
        _current.Resumed = probability >= _endThreshold ? _current.Resumed + _window.Length : 0;
        if (_current.Resumed > 0 && (_current.Silence == 0 || _current.Resumed >= _resume))
        {
            _current.Silence = 0;
            _current.SpeechEnd = Position;
        }
        else
        {
            // Speech too short to break the silence counts as silence, but nothing ends while it may still become long enough.
            if (_current.Silence == 0)
                _current.SpeechEnd = _level.EndBefore(_current.SpeechEnd);
            _current.Silence = Position - _current.SpeechEnd;
            if (_current.Silence >= _silence && _current.Resumed == 0)
            {
                End(_current.SpeechEnd, out transition);
                return true;
            }
        }
        transition = default;
        return false;
    }

    // The rest of a window is not rated: speech that begins in it begins the next activity.
    private bool IsSilenceOverWithin(int samples, out int left)
    {
        left = 0;
        if (!_current.IsOpen || _current.Silence == 0 || _current.Resumed > 0)
            return false;
        var due = _current.SpeechEnd + _silence - Position;
        left = (int)Math.Clamp(due, 0, samples);
        return due <= samples && _filled + left < _window.Length;
    }

    private void End(long sample, out ActivityTransition transition)
    {
        transition = new(ActivityTransitionKind.Ended, sample, Position);
        _current = default;
        _earliestStart = Position;
    }

    /// <summary>Speech that may become an activity; lengths in samples.</summary>
    private struct Candidate
    {
        public long Start;
        public long Speech;
        public long Gap;
    }

    /// <summary>The open activity; lengths in samples.</summary>
    private struct Current
    {
        public bool IsOpen;
        public long SpeechEnd;
        public long Silence;
        public long Resumed;
    }
}
